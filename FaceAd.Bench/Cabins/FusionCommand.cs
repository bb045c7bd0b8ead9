using System.CommandLine;
using System.Globalization;
using FaceAd.Bench.Evaluation;
using FaceAd.Inference;
using FaceAd.Inference.Imaging;
using FaceAd.Inference.Tracking;

namespace FaceAd.Bench.Cabins;

/// <summary><c>fusion --images DIR --labels CSV</c>: estimates fused over a track's frames, against single frames.</summary>
static class FusionCommand
{
    /// <summary>Number of frames in a simulated ride.</summary>
    const int Frames = 8;

    public static Command Create()
    {
        var images = EvaluationOptions.Images();
        var labels = new Option<FileInfo>("--labels")
        {
            Description = "CSV with the columns file, age (whole years), gender (M or F); others are ignored",
            Required = true,
        };
        var count = new Option<int>("--count")
        {
            Description = "Pictures, drawn by --seed from the held-out fifth",
            DefaultValueFactory = _ => 400,
        };
        var seed = new Option<int>("--seed") { Description = "Seed", DefaultValueFactory = _ => 1 };
        var workers = EvaluationOptions.Workers();
        var models = Repository.ModelsOption();
        var command = new Command(
            "fusion", "Simulated rides of labelled faces in front of a poor camera: estimates of single frames and of fused ones.")
        {
            images, labels, count, seed, workers, models,
        };
        command.SetAction((parsed, cancellation) => EvaluationOptions.RunAsync(parsed, async () =>
        {
            var folder = parsed.GetRequiredValue(images).FullName;
            var rows = LabelledPicture.ReadAll(parsed.GetRequiredValue(labels).FullName).FindAll(r => HeldOut.Contains(r.File)).ToArray();
            new Random(parsed.GetValue(seed)).Shuffle(rows);
            rows = rows[..Math.Clamp(parsed.GetValue(count), 0, rows.Length)];
            if (rows.Length == 0) throw new LabelException("None of these pictures is held out. Give more pictures.");
            foreach (var row in rows) Evaluator.RequirePicture(folder, row.File, row.Line);
            using var chain = new FaceChain(
                new FaceChainOptions { ModelFolder = parsed.GetRequiredValue(models).FullName, Limits = PictureFile.Limits });
            var rides = await PictureRun.OverAsync(
                rows, Math.Max(1, parsed.GetValue(workers)), (row, stop) =>
                    RideAsync(chain, folder, row, parsed.GetValue(seed), stop), parsed.InvocationConfiguration.Error, cancellation);
            Print(parsed.InvocationConfiguration.Output, rows, rides, chain.AgeCount);
        }));
        return command;
    }

    static async Task<List<Glimpse>> RideAsync(
        FaceChain chain, string folder, LabelledPicture row, int seed, CancellationToken cancellation)
    {
        List<Glimpse> glimpses = [];
        var random = new Random(StableHash.Of(row.File) ^ seed);
        try
        {
            var picture = await PictureFile.ReadAsync(Path.Combine(folder, row.File), cancellation);
            using var frame = chain.Rent();
            chain.Find(picture, frame);
            var face = SubjectFace.Find(frame.Faces, frame.Width, frame.Height);
            if (face < 0) return glimpses;
            var box = frame.Faces[face].Box;
            foreach (var view in CabinView.Walk(Frames, random))
            {
                chain.Find(view.Draw(picture, box, random), frame);
                face = SubjectFace.Find(frame.Faces, frame.Width, frame.Height);
                if (face < 0 || !FaceQuality.CanBeClassified(frame.Faces[face], new AudienceObserverOptions())) continue;
                chain.Estimate(frame, face);
                glimpses.Add(
                    new Glimpse(frame.Ages(face).ToArray(), frame.Estimate(face)!.Value.Male, FaceQuality.Weight(frame.Faces[face])));
            }
        }
        catch (InvalidFrameException)
        {
            // Treated as a picture without a face.
        }
        return glimpses;
    }

    static void Print(TextWriter output, LabelledPicture[] rows, List<Glimpse>[] rides, int ages)
    {
        var seen = rows.Zip(rides).Where(r => r.Second.Count > 0).ToList();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rows.Length} held-out pictures, {seen.Count} rides in which a face could be classified, {seen.Average(r => r.Second.Count):F1} of {Frames} frames each"));
        Row("one frame", seen.SelectMany(r => r.Second.Select(g => new Prediction(r.First.Age, r.First.Male, g.Ages, g.Male))));
        foreach (var frames in new[] { 2, 4, Frames })
            Row($"{frames} frames fused", seen.Select(r => Fuse(r.First, r.Second.Take(frames), g => g.Weight, ages)));
        Row($"{Frames} frames, all weighing the same", seen.Select(r => Fuse(r.First, r.Second, _ => 1, ages)));

        void Row(string name, IEnumerable<Prediction> predictions)
        {
            var scores = EvaluationScores.Of([.. predictions], new Bootstrap(200));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-36} bands B {scores.BandsB.Accuracy.ToText()}, six segments {scores.Segments.Accuracy.ToText()}, calibration error {scores.Segments.CalibrationError.ToText()}, gender {scores.Gender.ToText()}, years {scores.MeanAbsoluteError.ToText(2)}"));
        }
    }

    static Prediction Fuse(LabelledPicture row, IEnumerable<Glimpse> glimpses, Func<Glimpse, double> weight, int ages)
    {
        var fusion = new EstimateFusion(AgeBands.Default, ages);
        foreach (var glimpse in glimpses) fusion.Add(glimpse.Ages, glimpse.Male, weight(glimpse));
        return new Prediction(row.Age, row.Male, fusion.Ages.ToArray(), fusion.Current!.Value.Male);
    }

    /// <summary>Estimate of one frame.</summary>
    sealed record Glimpse(float[] Ages, double Male, double Weight);
}
