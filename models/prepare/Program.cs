#pragma warning disable RS0030 // A command-line entry point prints.
namespace FaceAd.Models;

/// <summary>
/// Prepares the model folder: <c>dotnet run --project models/prepare -- [--node-modules DIR] [--out DIR] [--manifest FILE]</c>.
/// </summary>
static class Program
{
    static readonly string[] Options = ["--node-modules", "--out", "--manifest"];

    static int Main(string[] args)
    {
        if (args.Length % 2 != 0 || args.Where((_, i) => i % 2 == 0).Any(a => !Options.Contains(a)))
        {
            Console.Error.WriteLine("Usage: dotnet run --project models/prepare -- [--node-modules DIR] [--out DIR] [--manifest FILE]");
            return 2;
        }
        var root = FindRoot();
        string Option(string name, string usual) =>
            Array.IndexOf(args, name) is >= 0 and var at ? Path.GetFullPath(args[at + 1]) : Path.Combine(root, usual);
        try
        {
            new ModelPreparation(
                Option("--manifest", "models/manifest.json"), Option("--node-modules", "node_modules"), Option("--out", ".cache/models"))
                .Run(Console.WriteLine);
            return 0;
        }
        catch (Exception e) when (e is ModelPreparationException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"error: {e.Message}");
            return 1;
        }
    }

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FaceAd.sln"))) return folder.FullName;
        }
        return Environment.CurrentDirectory;
    }
}
