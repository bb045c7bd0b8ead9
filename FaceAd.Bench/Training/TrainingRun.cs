using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FaceAd.Bench.Evaluation;
using FaceAd.Inference;

namespace FaceAd.Bench.Training;

/// <summary>One training run: extract features, cross-validate, calibrate, train, evaluate on the held-out part, write.</summary>
sealed class TrainingRun(TextWriter output, TextWriter progress, CancellationToken cancellation)
{
    public required HeadTraining Training { get; init; }

    /// <summary>Number of folds of the cross-validation.</summary>
    public required int Folds { get; init; }

    /// <summary>Pictures at a time.</summary>
    public required int Workers { get; init; }

    /// <summary>Whether the embedding is a feature.</summary>
    public required bool WithEmbedding { get; init; }

    /// <summary>Cache file of the features; null to extract them again.</summary>
    public required string? Cache { get; init; }

    public async Task GoAsync(FaceChain chain, IReadOnlyList<(string Folder, List<LabelledPicture> Rows)> sets, string? path)
    {
        var (lengths, samples) = await LookAsync(chain, sets);
        var training = samples.Where(s => s.Found && !HeldOut.Contains(s.File)).ToList();
        if (training.Count < 2 * Training.Batch)
            throw new LabelException($"{training.Count} faces are too few to train on. Give more pictures.");
        output.WriteLine(Text($"{samples.Count} pictures, {samples.Count(s => s.Found)} faces found, {training.Count} to train on; seed {Training.Seed}, hidden {Training.Hidden}, epochs {Training.Epochs}, balance {Training.Balance}, age spread {Training.AgeSpread}, embedding {WithEmbedding}"));

        List<(HeadSample Sample, float[] Logits)> validated = [];
        for (var fold = 0; fold < Folds; fold++)
        {
            var left = training.Where(s => FoldOf(s.File) == fold).ToList();
            var head = TrainedHead.Train(
                [.. training.Where(s => FoldOf(s.File) != fold)], Training, Tell(Text($"fold {fold + 1}/{Folds}")), cancellation);
            validated.AddRange(left.Zip(head.Logits([.. left.Select(s => s.Views[0])])));
        }
        var final = TrainedHead.Train(training, Training, Tell("all"), cancellation);
        var counts = validated.GroupBy(v => v.Sample.Set).ToDictionary(g => g.Key, g => g.Count());
        Calibration.Fit(final, [.. validated.Select(v => (v.Logits, v.Sample.Age, v.Sample.Male, 1.0 / counts[v.Sample.Set]))]);
        output.WriteLine(Text($"temperature of the ages {final.AgeTemperature:F3}, of gender {final.GenderTemperature:F3}"));
        for (var set = 0; set < sets.Count; set++)
        {
            Judge(Text($"set {set + 1}, cross-validated in {Folds} parts"),
                [.. validated.Where(v => v.Sample.Set == set).Select(v => final.Predict(v.Logits, v.Sample.Age, v.Sample.Male))]);
            var held = samples.Where(s => s.Set == set && HeldOut.Contains(s.File)).ToList();
            var found = held.Where(s => s.Found).ToList();
            Judge(Text($"set {set + 1}, held out"),
            [
                .. found.Zip(final.Logits([.. found.Select(s => s.Views[0])]), (s, logits) => final.Predict(logits, s.Age, s.Male)),
                .. held.Where(s => !s.Found).Select(s => Prediction.NotFound(s.Age, s.Male)),
            ]);
        }
        if (path is null) return;
        var model = final.ToOnnx(lengths);
        await File.WriteAllBytesAsync(path, model, cancellation);
        output.WriteLine(Text($"{path}: {model.Length / 1024} KiB, SHA-256 {Convert.ToHexStringLower(SHA256.HashData(model))}; put it into models/manifest.json"));
    }

    async Task<(IReadOnlyList<(string Name, int Length)> Lengths, IReadOnlyList<HeadSample> Samples)> LookAsync(
        FaceChain chain, IReadOnlyList<(string Folder, List<LabelledPicture> Rows)> sets)
    {
        var pictures = string.Concat(sets.Select(s => string.Concat(s.Rows.Select(r => Text($"{r.File},{r.Age},{r.Male};")))));
        var key = Text($"{chain.ModelVersion} {WithEmbedding} {Training.Seed} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(pictures)))}");
        if (Cache is not null && HeadSampleFile.Read(Cache, key) is { } kept) return kept;
        var sampling = new HeadSampling(chain, WithEmbedding, Training.Seed);
        List<HeadSample> samples = [];
        for (var set = 0; set < sets.Count; set++) samples.AddRange(
            await sampling.LookAsync(set, sets[set].Folder, sets[set].Rows, Workers, progress, cancellation));
        var lengths = sampling.Lengths ?? throw new LabelException("No face was found in any picture. Give pictures of faces.");
        if (Cache is not null) HeadSampleFile.Write(Cache, key, lengths, samples);
        return (lengths, samples);
    }

    void Judge(string name, IReadOnlyList<Prediction> predictions)
    {
        if (predictions.Count == 0) return;
        var scores = EvaluationScores.Of(predictions, new Bootstrap(200));
        output.WriteLine(name);
        output.WriteLine(Text($"  bands A {scores.BandsA.Accuracy.ToText()}, lowest recall {scores.BandsA.LowestRecall.ToText()}, calibration error {scores.BandsA.CalibrationError.ToText()}"));
        output.WriteLine(Text($"    recall A {string.Join(", ", scores.BandsA.Classes.Select(c => $"{c.Name} {c.Recall.ToText()}"))}"));
        output.WriteLine(Text($"  bands B {scores.BandsB.Accuracy.ToText()}, calibration error {scores.BandsB.CalibrationError.ToText()}"));
        output.WriteLine(
            Text($"  six segments {scores.Segments.Accuracy.ToText()}, calibration error {scores.Segments.CalibrationError.ToText()}"));
        output.WriteLine(Text($"  gender {scores.Gender.ToText()}, at 20-59 {scores.GenderAt20To59.ToText()}, mean absolute error {scores.MeanAbsoluteError.ToText(2)}"));
    }

    /// <summary>Fold of a picture, by its name and independent of the held-out split.</summary>
    int FoldOf(string file) => (int)((uint)StableHash.Of("fold " + Path.GetFileName(file)) % (uint)Folds);

    Action<string> Tell(string name) => line => progress.WriteLine($"{name}: {line}");

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
