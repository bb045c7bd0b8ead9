using FaceAd.Bench;
using FaceAd.Inference;
using FaceAd.Models;

namespace FaceAd.Tests.Support;

/// <summary>The prepared models, prepared on first use when they are missing, and one chain over them for all tests.</summary>
static class Models
{
    static readonly Lazy<string> Prepared = new(Prepare);
    static readonly Lazy<FaceChain> Shared = new(() => new FaceChain(new FaceChainOptions { ModelFolder = Folder }));

    /// <summary>The model folder.</summary>
    public static string Folder => Prepared.Value;

    /// <summary>A chain that lives as long as the test run.</summary>
    public static FaceChain Chain => Shared.Value;

    public static string Manifest { get; } = Path.Combine(Repository.Root, "models", "manifest.json");

    public static string NodeModules { get; } = Path.Combine(Repository.Root, "node_modules");

    static string Prepare()
    {
        var folder = Path.Combine(Repository.Root, ".cache", "models");
        new ModelPreparation(Manifest, NodeModules, folder).Run(_ => { });
        return folder;
    }
}
