using System.CommandLine;
using FaceAd.Bench.Evaluation;
using FaceAd.Inference.Detection;

namespace FaceAd.Bench.Detection;

/// <summary><c>detect --images DIR --boxes CSV</c>: recall and precision of the production pipeline's face detection.</summary>
static class DetectCommand
{
    static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp"];

    public static Command Create()
    {
        var images = EvaluationOptions.Images();
        var boxes = new Option<FileInfo>("--boxes")
        {
            Description = "CSV with the columns file, x, y, width, height (pixels), one face per row; " +
                "optional: pose (1: odd), invalid (1: ignore)",
            Required = true,
        };
        var mode = new Option<SearchDepth>("--mode")
        {
            Description = "full (the whole picture and second looks, as in production) or tiles (overlapping tiles as well)",
        };
        var looks = new Option<int>("--looks")
        {
            Description = "Maximum number of second looks per picture",
            DefaultValueFactory = _ => new FaceSearchOptions().SecondLooks,
        };
        var precision = new Option<double>("--precision") { Description = "Precision of the sweep", DefaultValueFactory = _ => 0.95 };
        var portraits = new Option<DirectoryInfo>("--portraits") { Description = "Folder of pictures with one easy face each" };
        var json = EvaluationOptions.Json();
        var workers = new Option<int>("--workers")
        {
            Description = "Pictures at a time; more than one distorts the timings",
            DefaultValueFactory = _ => 1,
        };
        var models = Repository.ModelsOption();
        var command = new Command("detect", "Precision and recall of face detection by size on labelled pictures, with 95 % intervals.")
        {
            images, boxes, mode, looks, precision, portraits, json, workers, models,
        };
        command.SetAction((parsed, cancellation) => EvaluationOptions.RunAsync(parsed, async () =>
        {
            var (output, progress) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var search = new FaceSearchOptions { Depth = parsed.GetValue(mode), SecondLooks = Math.Max(0, parsed.GetValue(looks)) };
            var run = new DetectionRun(parsed.GetRequiredValue(models).FullName, search, Math.Max(1, parsed.GetValue(workers)), progress);
            var folder = parsed.GetRequiredValue(images).FullName;
            var labels = LabelledFaces.ReadAll(parsed.GetRequiredValue(boxes).FullName);
            var report = await run.JudgeAsync(folder, labels, parsed.GetValue(precision), cancellation);
            if (parsed.GetValue(portraits) is { } easy)
                report = report with { Portraits = await run.PortraitsAsync(Files(easy), cancellation) };
            if (parsed.GetValue(json)) await output.WriteLineAsync(report.ToJson());
            else report.Print(output);
        }));
        return command;
    }

    static List<string> Files(DirectoryInfo folder)
    {
        if (!folder.Exists) throw new LabelException($"{folder.FullName} does not exist.");
        var files = Directory.EnumerateFiles(folder.FullName, "*", SearchOption.AllDirectories)
            .Where(f => Extensions.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).ToList();
        return files.Count > 0 ? files : throw new LabelException($"{folder.FullName} has no pictures.");
    }
}
