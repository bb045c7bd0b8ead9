#pragma warning disable RS0030 // A command-line entry point prints.
using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FaceAd.Inference;
using FaceAd.Inference.Detection;
using FaceAd.Inference.Imaging;
using FaceAd.Inference.Models;

namespace FaceAd.Bench;

/// <summary><c>analyze PATH --out FILE.jsonl</c>: runs the production pipeline over pictures, one line of JSON per picture.</summary>
static class AnalyzeCommand
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "A picture, or a folder of pictures (searched with its subfolders)" };
        var output = new Option<FileInfo>("--out") { Description = "File to write, one line of JSON per picture", Required = true };
        var embeddings = new Option<bool>("--embeddings") { Description = "Also write the 512 values of each face's embedding" };
        var workers =
            new Option<int>("--workers") { Description = "Pictures at a time", DefaultValueFactory = _ => Environment.ProcessorCount };
        var mode = new Option<SearchDepth>("--mode")
        {
            Description = "full (as in production) or tiles (overlapping tiles too: more small faces, five times the detector runs)",
        };
        var models = Repository.ModelsOption();
        var command = new Command("analyze", "Finds and classifies the faces in pictures with the production pipeline.")
        {
            path, output, embeddings, workers, mode, models,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetRequiredValue(path), parsed.GetRequiredValue(output).FullName, parsed.GetValue(embeddings),
            Math.Max(1, parsed.GetValue(workers)), parsed.GetValue(mode), parsed.GetRequiredValue(models).FullName, cancellation));
        return command;
    }

    internal static async Task<int> RunAsync(
        string path, string output, bool embeddings, int workers, SearchDepth mode, string models, CancellationToken cancellation)
    {
        var files = FindFiles(path);
        if (files is null)
        {
            await Console.Error.WriteLineAsync($"error: {path} does not exist.");
            return 1;
        }
        try
        {
            using var chain = new FaceChain(new FaceChainOptions
            {
                ModelFolder = models,
                Limits = PictureFile.Limits,
                Search = new FaceSearchOptions { Depth = mode },
            });
            await using var writer = new StreamWriter(output, append: false, new UTF8Encoding(false));
            return await AnalyzeAsync(chain, path, files, writer, embeddings, workers, cancellation);
        }
        catch (Exception e) when (e is ModelFileException or IOException or UnauthorizedAccessException or DllNotFoundException)
        {
            await Console.Error.WriteLineAsync($"error: {e.Message}");
            return 1;
        }
    }

    static async Task<int> AnalyzeAsync(
        FaceChain chain, string path, List<string> files, StreamWriter writer, bool embeddings, int workers, CancellationToken cancellation)
    {
        var folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        var (started, told, done, faces, failed) = (Stopwatch.StartNew(), Stopwatch.StartNew(), 0, 0, 0);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation };
        // In batches, so that lines keep the order of the files without all being held in memory.
        foreach (var batch in files.Chunk(16 * workers))
        {
            var lines = new PictureLine[batch.Length];
            await Parallel.ForAsync(0, batch.Length, parallel, async (i, stop) =>
                lines[i] = await AnalyzeAsync(
                    chain, Path.GetRelativePath(folder, batch[i]).Replace('\\', '/'), batch[i], embeddings, stop));
            foreach (var line in lines)
            {
                await writer.WriteLineAsync(JsonSerializer.Serialize(line, Json));
                faces += line.Faces.Count;
                failed += line.Error is null ? 0 : 1;
            }
            done += batch.Length;
            if (told.Elapsed.TotalSeconds < 2) continue;
            told.Restart();
            await Console.Error.WriteLineAsync($"{done}/{files.Count} pictures, {done / started.Elapsed.TotalSeconds:F0} a second");
        }
        await Console.Error.WriteLineAsync(
            $"{done} pictures, {faces} faces, {failed} could not be read, {started.Elapsed.TotalSeconds:F1} s");
        return 0;
    }

    static async Task<PictureLine> AnalyzeAsync(FaceChain chain, string name, string path, bool embeddings, CancellationToken cancellation)
    {
        using var frame = chain.Rent();
        try
        {
            await PictureFile.AnalyzeAsync(chain, path, frame, cancellation);
        }
        catch (Exception e) when (e is InvalidFrameException or IOException or UnauthorizedAccessException)
        {
            return new PictureLine(name, 0, 0, [], e.Message);
        }
        var faces = new List<FaceLine>(frame.Faces.Length);
        for (var i = 0; i < frame.Faces.Length; i++) faces.Add(Describe(frame, i, embeddings));
        return new PictureLine(name, frame.Width, frame.Height, faces, null);
    }

    static FaceLine Describe(FaceFrame frame, int index, bool embeddings)
    {
        var (face, estimate) = (frame.Faces[index], frame.Estimate(index)!.Value);
        return new FaceLine(
            [Round(face.Box.X, 1), Round(face.Box.Y, 1), Round(face.Box.Width, 1), Round(face.Box.Height, 1)],
            Round(face.Score, 4),
            Round(estimate.AgeYears, 2),
            new BandsLine(Round(estimate.Bands.Kids, 5), Round(estimate.Bands.Age2030, 5), Round(estimate.Bands.Age4050, 5),
                Round(estimate.Bands.Silver, 5)),
            Round(estimate.Male, 5),
            estimate.Segments.Top.ToString(),
            embeddings ? frame.Embedding(index).ToArray() : null);
    }

    static double Round(double value, int digits) => Math.Round(value, digits);

    static List<string>? FindFiles(string path)
    {
        if (File.Exists(path)) return [path];
        if (!Directory.Exists(path)) return null;
        return [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(PictureFile.IsPicture)
            .Order(StringComparer.Ordinal)];
    }

    sealed record PictureLine(string File, int Width, int Height, IReadOnlyList<FaceLine> Faces, string? Error);

    sealed record FaceLine(double[] Box, double Score, double AgeYears, BandsLine Bands, double Male, string Segment, float[]? Embedding);

    sealed record BandsLine(double Kids, double Age2030, double Age4050, double Silver);
}
