using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using FaceAd.Demo.Footage;
using FaceAd.Demo.Videos;

namespace FaceAd.Demo;

/// <summary><c>media</c>: renders the creatives, the house loop and the footage of the demonstration.</summary>
static class MediaCommand
{
    public static Command Create()
    {
        var folder = new Option<DirectoryInfo>("--out") { Description = "Output folder; created if missing.", Required = true };
        var modules = new Option<DirectoryInfo>("--node-modules") { Description = "The node_modules folder.", Required = true };
        var command = new Command("media", "Render the demonstration's creatives, house loop and footage.") { folder, modules };
        command.SetAction(async (parsed, cancel) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            try
            {
                await MakeAsync(
                    parsed.GetRequiredValue(folder).FullName, PortraitFolder(parsed.GetRequiredValue(modules).FullName), output, cancel);
                return 0;
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(e.Message);
                return 1;
            }
        });
        return command;
    }

    /// <summary>Folder of the portraits in the restored npm packages.</summary>
    /// <param name="nodeModules">The <c>node_modules</c> folder.</param>
    public static string PortraitFolder(string nodeModules) => Path.Combine(nodeModules, "fake-avatars", "avatars", "png");

    /// <summary>Renders the files that are missing or out of date.</summary>
    /// <param name="folder">Output folder: <c>creatives</c>, <c>footage</c>.</param>
    /// <param name="portraits">The folder of portraits.</param>
    /// <param name="progress">Receives one line per file rendered.</param>
    /// <param name="cancel">Cancels the work; complete files are kept.</param>
    public static async Task MakeAsync(string folder, string portraits, TextWriter progress, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.Combine(folder, "creatives"));
        Directory.CreateDirectory(Path.Combine(folder, "footage"));
        var stamps = new Stamps(folder);
        List<(string File, Func<string, CancellationToken, Task> Make)> wanted =
        [
            .. CabinScript.Committed.Select(script => (
                Path.Combine("footage", script.Screen + ".mp4"),
                (Func<string, CancellationToken, Task>)((path, stop) => CabinFootage.Load(script, portraits).WriteVideoAsync(path, stop)))),
            .. DemoVideo.All.OrderByDescending(video => video.Seconds).Select(video => (
                Path.Combine("creatives", video.File), (Func<string, CancellationToken, Task>)video.WriteAsync)),
        ];
        // Each video keeps about one core busy; more at once only use memory.
        var options =
            new ParallelOptions { MaxDegreeOfParallelism = Math.Clamp(Environment.ProcessorCount, 1, 4), CancellationToken = cancel };
        await Parallel.ForEachAsync(wanted, options, async (one, stop) => await MakeFreshAsync(one.File, path => one.Make(path, stop)));

        async Task MakeFreshAsync(string file, Func<string, Task> make)
        {
            if (stamps.IsFresh(file)) return;
            var clock = Stopwatch.StartNew();
            await make(Path.Combine(folder, file));
            stamps.Set(file);
            var line = string.Create(CultureInfo.InvariantCulture, $"{file} {clock.Elapsed.TotalSeconds:0.0} s");
            lock (progress) progress.WriteLine(line);
        }
    }
}
