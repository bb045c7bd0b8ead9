using System.CommandLine;
using System.Text.Json;
using FaceAd.Demo.Footage;

namespace FaceAd.Demo;

/// <summary><c>footage</c>: composes footage from a custom script, as a video or as JPEG files.</summary>
static class FootageCommand
{
    public static Command Create()
    {
        var script = new Option<FileInfo>("--script") { Description = "Script: JSON with cast and rides.", Required = true };
        var portraits = new Option<DirectoryInfo>("--portraits")
        {
            Description = "Folder of square N.png files with centred faces.",
            Required = true,
        };
        var output = new Option<string>("--out") { Description = "An .mp4 file, or a folder for JPEG files.", Required = true };
        var command = new Command("footage", "Compose the footage of a cabin from a script and portraits.") { script, portraits, output };
        command.SetAction(async (parsed, cancel) =>
        {
            try
            {
                var day = CabinScript.FromJson(await File.ReadAllTextAsync(parsed.GetRequiredValue(script).FullName, cancel));
                var footage = CabinFootage.Load(day, parsed.GetRequiredValue(portraits).FullName);
                var path = Path.GetFullPath(parsed.GetRequiredValue(output));
                if (path.EndsWith(".mp4", StringComparison.OrdinalIgnoreCase)) await footage.WriteVideoAsync(path, cancel);
                else await footage.WriteJpegsAsync(path, cancel);
                return 0;
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or JsonException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("error: " + e.Message);
                return 1;
            }
        });
        return command;
    }
}
