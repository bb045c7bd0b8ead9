using System.CommandLine;
using System.CommandLine.Parsing;
using FaceAd.Inference.Models;

namespace FaceAd.Bench.Evaluation;

/// <summary>Options and error handling shared by the commands that evaluate labelled pictures.</summary>
static class EvaluationOptions
{
    /// <summary>Option for the folder of pictures.</summary>
    public static Option<DirectoryInfo> Images() => new("--images") { Description = "Folder of pictures", Required = true };

    /// <summary>Option for JSON instead of a table.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print JSON instead of a table" };

    /// <summary>Option for the number of pictures at a time.</summary>
    public static Option<int> Workers() =>
        new("--workers") { Description = "Pictures at a time", DefaultValueFactory = _ => Environment.ProcessorCount };

    /// <summary>Parses "all", "held-out" or "training".</summary>
    public static Part ParsePart(ArgumentResult argument)
    {
        switch (argument.Tokens.SingleOrDefault()?.Value)
        {
            case "all": return Part.All;
            case "held-out": return Part.HeldOut;
            case "training": return Part.Training;
            default:
                argument.AddError("--part is all, held-out or training.");
                return Part.All;
        }
    }

    /// <summary>Runs a command; errors that a user can fix become one line on standard error and exit code 1.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="run">Body of the command.</param>
    public static async Task<int> RunAsync(ParseResult parsed, Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (Exception e)
            when (e is LabelException or ModelFileException or IOException or UnauthorizedAccessException or DllNotFoundException)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync("error: " + e.Message);
            return 1;
        }
    }
}
