using System.CommandLine;
using FaceAd.Bench.Evaluation;
using FaceAd.Inference;
using FaceAd.Inference.Imaging;

namespace FaceAd.Bench.Cabins;

/// <summary><c>cabins --images DIR</c>: measures re-identification in simulated buildings composed from labelled identities.</summary>
static class CabinsCommand
{
    /// <summary>True age below which a stranger counts as a child.</summary>
    const int AdultFrom = 19;

    public static Command Create()
    {
        var images = new Option<DirectoryInfo>("--images")
        {
            Description = "Folder of NAME_NUMBER.jpg: all pictures of a name show one person",
            Required = true,
        };
        var strangers = new Option<DirectoryInfo>("--strangers") { Description = "Folder of pictures that each show a different person" };
        var labels = new Option<FileInfo>("--labels")
        {
            Description = "CSV of the strangers: file, age, gender; needed for buildings of one sex, and of children"
        };
        var persons = new Option<int[]>("--persons")
        {
            Description = "Sizes of the buildings",
            DefaultValueFactory = _ => [50, 200, 500],
            AllowMultipleArgumentsPerToken = true,
        };
        var simulations = new Option<int>("--simulations") { Description = "Buildings of each kind", DefaultValueFactory = _ => 20 };
        var frames = new Option<int>("--frames") { Description = $"Frames of a ride, 1 to {Ride.MaxFrames}", DefaultValueFactory = _ => 3 };
        var sameFrom = new Option<double>("--same-from")
        {
            Description = "Adult strangers of at least this cosine count as one person; 2: never",
            DefaultValueFactory = _ => 0.65,
        };
        var restarts = new Option<int>("--restarts")
        {
            Description = "Server restarts in each building, each of which reloads people from their stored templates",
        };
        var seed = new Option<int>("--seed") { Description = "Seed of all random draws", DefaultValueFactory = _ => 1 };
        var (json, workers, models) = (EvaluationOptions.Json(), EvaluationOptions.Workers(), Repository.ModelsOption());
        var command = new Command(
            "cabins", "Re-identification in simulated buildings: pairwise precision, recall and F, and the error of the unique count.")
        {
            images, strangers, labels, persons, simulations, frames, sameFrom, restarts, seed, json, workers, models,
        };
        command.SetAction((parsed, cancellation) => EvaluationOptions.RunAsync(parsed, async () =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var ages = parsed.GetValue(labels) is { } csv ? LabelledPicture.ReadAll(csv.FullName) : [];
            using var chain = new FaceChain(
                new FaceChainOptions { ModelFolder = parsed.GetRequiredValue(models).FullName, Limits = PictureFile.Limits });
            async Task<(List<Ride> Rides, int Pictures)> RecordAsync(DirectoryInfo? folder)
            {
                if (folder is null) return ([], 0);
                var files = Files(folder);
                var rides = await PictureRun.OverAsync(
                    files, Math.Max(1, parsed.GetValue(workers)),
                    (file, stop) =>
                        RecordOneAsync(chain, file, Math.Clamp(parsed.GetValue(frames), 1, Ride.MaxFrames), parsed.GetValue(seed), stop),
                    parsed.InvocationConfiguration.Error, cancellation);
                return ([.. rides.OfType<Ride>()], files.Count);
            }
            var (known, knownPictures) = await RecordAsync(parsed.GetRequiredValue(images));
            var (others, otherPictures) = await RecordAsync(parsed.GetValue(strangers));
            var building = new Buildings(
                known, others, ages.ToDictionary(a => a.File, StringComparer.Ordinal), AdultFrom, parsed.GetValue(sameFrom));
            var rows = building.Run(parsed.GetRequiredValue(persons), Math.Max(1, parsed.GetValue(simulations)), parsed.GetValue(seed),
                Math.Max(0, parsed.GetValue(restarts)));
            var report = new CabinReport(
                chain.ModelVersion, Math.Max(1, parsed.GetValue(simulations)), new CabinPictures(knownPictures, otherPictures),
                new CabinPictures(knownPictures - known.Count, otherPictures - others.Count),
                new CabinIdentities(building.Identities.Count, building.Identities.Count(i => i.Count > 1), building.Joined), rows);
            if (parsed.GetValue(json)) await output.WriteLineAsync(report.ToJson());
            else report.Print(output);
        }));
        return command;
    }

    static async Task<Ride?> RecordOneAsync(FaceChain chain, string file, int frames, int seed, CancellationToken cancellation)
    {
        try
        {
            return await Ride.RecordAsync(chain, file, frames, seed, cancellation);
        }
        catch (InvalidFrameException)
        {
            return null;
        }
    }

    static List<string> Files(DirectoryInfo folder)
    {
        if (!folder.Exists) throw new LabelException($"{folder.FullName} does not exist. Give a folder of pictures.");
        List<string> files = [.. folder.EnumerateFiles().Select(f => f.FullName).Where(PictureFile.IsPicture)
            .Order(StringComparer.Ordinal)];
        return files.Count > 0 ? files : throw new LabelException($"{folder.FullName} has no pictures.");
    }
}
