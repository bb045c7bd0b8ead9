using System.CommandLine;

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

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FaceAd.sln"))) return folder.FullName;
        }
        return Environment.CurrentDirectory;
    }
}
