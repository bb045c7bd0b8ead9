using System.CommandLine;
using FaceAd.Bench.Detection;
using FaceAd.Bench.Evaluation;
using FaceAd.Inference.Imaging;

namespace FaceAd.Bench.Peers;

/// <summary><c>peers</c>: accuracy and cost of other programs on the same pictures and machine.</summary>
static class PeersCommand
{
    const int WarmUp = 10;

    public static Command Create()
    {
        var images = EvaluationOptions.Images();
        var labels = new Option<FileInfo>("--labels") { Description = "CSV with the columns file, age, gender (M or F)", Required = true };
        var boxImages = new Option<DirectoryInfo>("--boxes-images") { Description = "Folder of pictures with labelled boxes" };
        var boxes = new Option<FileInfo>("--boxes")
        {
            Description = "CSV with the columns file, x, y, width, height (pixels), one face per row",
        };
        var count = new Option<int>("--count")
        {
            Description = "Pictures drawn from each set, labelled ones from the fifth that training never sees",
            DefaultValueFactory = _ => 150,
        };
        var seed = new Option<int>("--seed") { Description = "Seed of the draw", DefaultValueFactory = _ => 1 };
        var rounds = new Option<int>("--rounds") { Description = "Measurements; the cost is their mean", DefaultValueFactory = _ => 1 };
        var json = EvaluationOptions.Json();
        var peers = new Option<DirectoryInfo>("--peers")
        {
            Description = "Folder that ./bench peers installed them into",
            DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(Repository.Root, ".cache", "peers")),
        };
        var models = Repository.ModelsOption();
        var command = new Command(
            "peers", "Cost and accuracy beside other programs: human and face-api (npm, WASM), OpenCV Haar, dlib HOG.")
        {
            images, labels, boxImages, boxes, count, seed, rounds, json, peers, models,
        };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(boxImages) is null) != (result.GetValue(boxes) is null))
                result.AddError("--boxes-images and --boxes come together.");
        });
        command.SetAction((parsed, cancellation) => EvaluationOptions.RunAsync(parsed, async () =>
        {
            var (output, progress) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var (wanted, draw, repeats) = (Math.Max(1, parsed.GetValue(count)), parsed.GetValue(seed),
                Math.Max(1, parsed.GetValue(rounds)));
            var measure = new Measurement(
                parsed.GetRequiredValue(peers).FullName, parsed.GetRequiredValue(models).FullName, repeats, progress);
            List<PeerSet> sets = [];
            // Our head was trained on the others.
            var unseen = LabelledPicture.ReadAll(parsed.GetRequiredValue(labels).FullName).FindAll(row => HeldOut.Contains(row.File));
            if (unseen.Count == 0) throw new LabelException("None of these pictures is held out from training. Give more pictures.");
            var labelled = Sample(unseen, wanted, draw);
            var files = Paths(parsed.GetRequiredValue(images).FullName, labelled.Select(l => l.File));
            var sizes = Sizes(files);
            sets.Add(
                await measure.SetAsync("labels", files, (scores, run) => scores.WithLabels(run.Pictures, labelled, sizes), cancellation));
            if (parsed.GetValue(boxes) is { } boxesFile)
            {
                var boxed = Sample(LabelledFaces.ReadAll(boxesFile.FullName), wanted, draw);
                files = Paths(parsed.GetRequiredValue(boxImages).FullName, boxed.Select(l => l.File));
                Sizes(files);
                sets.Add(await measure.SetAsync("boxes", files, (scores, run) => scores.WithBoxes(run.Pictures, boxed), cancellation));
            }
            var report = new PeersReport(Machine(), repeats, sets);
            if (parsed.GetValue(json)) await output.WriteLineAsync(report.ToJson());
            else report.Print(output);
        }));
        return command;
    }

    /// <summary>Draws without replacement, deterministically by seed; keeps the order of the list.</summary>
    internal static List<T> Sample<T>(IReadOnlyList<T> all, int count, int seed)
    {
        var order = Enumerable.Range(0, all.Count).ToArray();
        new Random(seed).Shuffle(order);
        return [.. order.Take(count).Order().Select(i => all[i])];
    }

    static List<string> Paths(string folder, IEnumerable<string> files) =>
        [.. files.Select(f => Path.GetFullPath(Path.Combine(folder, f)))];

    // JPEG only: every program decodes it itself.
    static List<(int, int)> Sizes(List<string> files)
    {
        using var decoder = new JpegDecoder(PictureFile.Limits);
        return [.. files.Select(file =>
        {
            if (!File.Exists(file)) throw new LabelException($"{file} does not exist.");
            try
            {
                var header = decoder.ReadHeader(File.ReadAllBytes(file));
                return (header.Width, header.Height);
            }
            catch (InvalidFrameException e)
            {
                throw new LabelException($"{file} cannot be compared: {e.Message}");
            }
        })];
    }

    static string Machine()
    {
        const string Key = "model name";
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal))?.Split(':')[1].Trim();
        return $"{model ?? "unknown processor"}, {Environment.ProcessorCount} cores";
    }

    sealed class Measurement(string peers, string models, int rounds, TextWriter progress)
    {
        public async Task<PeerSet> SetAsync(
            string name, List<string> files, Func<PeerScores, PeerRun, PeerScores> judge, CancellationToken cancellation)
        {
            var list = Path.GetTempFileName();
            try
            {
                await File.WriteAllLinesAsync(list, files, cancellation);
                List<PeerTable> tables = [];
                foreach (var task in Enum.GetValues<PeerTask>())
                {
                    Peer[] others = [.. Peer.All.Where(p => p.Task == task)];
                    var runs = new List<PeerRun>[others.Length + 1];
                    for (var i = 0; i < runs.Length; i++) runs[i] = [];
                    for (var round = 1; round <= rounds; round++)
                    {
                        await progress.WriteLineAsync($"{name}, {task}, round {round} of {rounds}: {OwnRun.Name}");
                        runs[0].Add(OwnRun.Run(models, task, files, WarmUp, cancellation));
                        for (var i = 0; i < others.Length; i++)
                        {
                            await progress.WriteLineAsync($"{name}, {task}, round {round} of {rounds}: {others[i].Name}");
                            runs[i + 1].Add(await others[i].RunAsync(peers, list, files, WarmUp, cancellation));
                        }
                    }
                    var means = runs.Select(PeerRun.Mean).ToList();
                    tables.Add(
                        new PeerTable(
                            task,
                            [.. means.Select((run, i) =>
                                judge(PeerScores.Cost(i == 0 ? OwnRun.Name : others[i - 1].Name, run, means[0]), run))]));
                }
                return new PeerSet(name, files.Count, tables);
            }
            finally
            {
                File.Delete(list);
            }
        }
    }
}
