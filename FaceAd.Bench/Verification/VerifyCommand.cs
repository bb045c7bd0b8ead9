using System.CommandLine;
using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using FaceAd.Bench.Evaluation;
using FaceAd.Inference;
using FaceAd.Inference.Imaging;
using FaceAd.Web.Audiences.Persons;

namespace FaceAd.Bench.Verification;

/// <summary><c>verify --images DIR --pairs CSV</c>: accuracy of the production pipeline's face verification.</summary>
static class VerifyCommand
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create()
    {
        var images = EvaluationOptions.Images();
        var pairs = new Option<FileInfo>("--pairs")
        {
            Description = "CSV with the columns a, b, same (1 or 0); others are ignored",
            Required = true,
        };
        var json = EvaluationOptions.Json();
        var workers = EvaluationOptions.Workers();
        var models = Repository.ModelsOption();
        var command = new Command("verify", "Whether pairs of pictures show the same person: true and false matches, with 95 % intervals.")
        {
            images, pairs, json, workers, models,
        };
        command.SetAction((parsed, cancellation) => EvaluationOptions.RunAsync(parsed, async () =>
        {
            var (output, progress) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var rows = PicturePair.ReadAll(parsed.GetRequiredValue(pairs).FullName);
            var folder = parsed.GetRequiredValue(images).FullName;
            foreach (var row in rows)
            {
                Evaluator.RequirePicture(folder, row.First, row.Line);
                Evaluator.RequirePicture(folder, row.Second, row.Line);
            }
            var files = rows.SelectMany(r => new[] { r.First, r.Second }).Distinct(StringComparer.Ordinal).ToList();
            using var chain = new FaceChain(
                new FaceChainOptions { ModelFolder = parsed.GetRequiredValue(models).FullName, Limits = PictureFile.Limits });
            var embeddings = await PictureRun.OverAsync(
                files, Math.Max(1, parsed.GetValue(workers)), (file, stop) =>
                    EmbedAsync(chain, Path.Combine(folder, file), stop), progress, cancellation);
            var strangers = Strangers(embeddings);
            var indices = files.Index().ToDictionary(f => f.Item, f => f.Index, StringComparer.Ordinal);
            var scored = rows.ConvertAll(row => Score(embeddings, strangers, indices[row.First], indices[row.Second], row.Same));
            var report = new VerificationReport(
                chain.ModelVersion, files.Count, embeddings.Count(e => e is null), VerificationScores.Of(scored, PersonMatcher.Threshold));
            if (parsed.GetValue(json)) await output.WriteLineAsync(JsonSerializer.Serialize(report, Json));
            else Print(report, output);
        }));
        return command;
    }

    /// <summary>Compares each picture with all others, as the product does with the people of a building.</summary>
    static ScoreNormalisation[] Strangers(float[]?[] embeddings)
    {
        var strangers = new ScoreNormalisation[embeddings.Length];
        Parallel.For(0, embeddings.Length, i =>
        {
            for (var j = 0; j < embeddings.Length; j++)
            {
                if (j != i && embeddings[i] is { } one && embeddings[j] is { } other)
                    strangers[i].Add(TensorPrimitives.Dot<float>(one, other));
            }
        });
        return strangers;
    }

    static ScoredPair Score(float[]?[] embeddings, ScoreNormalisation[] strangers, int first, int second, bool same)
    {
        if (embeddings[first] is not { } a || embeddings[second] is not { } b) return new ScoredPair(null, same, Matches: false);
        var similarity = (double)TensorPrimitives.Dot<float>(a, b);
        var deviations = (strangers[first].Deviations(similarity) + strangers[second].Deviations(similarity)) / 2;
        return new ScoredPair(similarity, same, similarity >= PersonMatcher.LeastSimilarity && deviations >= PersonMatcher.Threshold);
    }

    static async Task<float[]?> EmbedAsync(FaceChain chain, string path, CancellationToken cancellation)
    {
        using var frame = chain.Rent();
        try
        {
            await PictureFile.FindAsync(chain, path, frame, cancellation);
        }
        catch (InvalidFrameException)
        {
            return null;
        }
        var face = SubjectFace.Find(frame.Faces, frame.Width, frame.Height);
        if (face < 0) return null;
        chain.Embed(frame, face);
        return frame.Embedding(face).ToArray();
    }

    static void Print(VerificationReport report, TextWriter output)
    {
        var scores = report.Scores;
        Line($"{scores.Pairs} pairs ({scores.SamePairs} of one person) of {report.Pictures} pictures; faces not found in {report.PicturesNotFound} pictures, {scores.PairsNotFound} pairs; models {report.Models}");
        Line($"Figures with 95 % intervals, over the pairs with both faces found unless said otherwise.");
        Line($"");
        Line($"  accuracy, ten-fold             {scores.AccuracyTenFold.ToText()}");
        Line($"    not found counts as wrong    {scores.AccuracyTenFoldNotFoundWrong.ToText()}");
        Line($"  accuracy as the product decides {scores.Product.Accuracy.ToText()}");
        Line($"  best on these pairs at {scores.Best.Threshold:F3}   {scores.Best.Accuracy.ToText()}");
        foreach (var rate in scores.AtRates)
            Line($"  true match at false match {rate.FalseMatchRate:F3}  {rate.TrueMatch.ToText()}, threshold {rate.Threshold:F3}");
        Line($"");
        Line($"  {"cosine at least",-18}{"true match",-26}{"false match",-30}{"accuracy",-24}");
        foreach (var row in scores.Thresholds) Row(row, row.Threshold.ToString("F2", CultureInfo.InvariantCulture));
        Row(scores.Product, "product");
        Line($"The product asks for {scores.Product.Threshold:F1} deviations above the similarity of strangers, among the people of these pictures; one view each.");

        void Row(ThresholdScore row, string name) =>
            Line($"  {name,-18}{row.TrueMatch.ToText(),-26}{row.FalseMatch.ToText(4),-30}{row.Accuracy.ToText(),-24}");

        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    }
}
