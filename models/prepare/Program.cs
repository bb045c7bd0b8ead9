#pragma warning disable RS0030 // A command-line entry point prints.
using FaceAd.Models;

var root = FindRoot();
var nodeModules = Option("--node-modules") ?? Path.Combine(root, "node_modules");
var output = Option("--out") ?? Path.Combine(root, ".cache", "models");
var manifest = Option("--manifest") ?? Path.Combine(root, "models", "manifest.json");
if (args.Length % 2 != 0 || args.Where((_, i) => i % 2 == 0).Any(a => a is not ("--node-modules" or "--out" or "--manifest")))
{
    Console.Error.WriteLine("Usage: dotnet run --project models/prepare -- [--node-modules DIR] [--out DIR] [--manifest FILE]");
    return 2;
}
try
{
    new ModelPreparation(manifest, nodeModules, output).Run(Console.WriteLine);
    return 0;
}
catch (Exception e) when (e is ModelPreparationException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return 1;
}

string? Option(string name)
{
    var at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? Path.GetFullPath(args[at + 1]) : null;
}

static string FindRoot()
{
    for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "FaceAd.sln"))) return folder.FullName;
    }
    return Environment.CurrentDirectory;
}
