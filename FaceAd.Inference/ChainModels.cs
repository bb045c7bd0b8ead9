using FaceAd.Inference.Detection;
using FaceAd.Inference.Models;

namespace FaceAd.Inference;

/// <summary>The models of a <see cref="FaceChain"/>: loaded and checked once, and thread-safe.</summary>
sealed class ChainModels : IDisposable
{
    /// <summary>Loads and checks every model.</summary>
    /// <param name="folder">Folder written by <c>models/prepare</c>, with its manifest.</param>
    /// <param name="useHead">Whether the manifest's head, if it names one, corrects the estimates.</param>
    /// <exception cref="ModelFileException">A model is missing, changed or unreadable.</exception>
    public ChainModels(string folder, bool useHead)
    {
        var manifest = ModelManifest.Load(folder);
        Detector = new FaceDetector(folder, manifest[ModelRole.Detector]);
        Landmarks = new FaceLandmarks(folder, manifest[ModelRole.Landmarks]);
        AgeGender = new AgeGenderModel(folder, manifest[ModelRole.AgeGender]);
        Embedder = new FaceEmbedder(folder, manifest[ModelRole.Embedder]);
        if (useHead && manifest.Find(ModelRole.AgeGenderHead) is { } head)
        {
            Head = new AgeGenderHead(folder, head);
            Head.Require(FeatureLength);
        }
        Version = string.Join('+', new[] { ModelRole.AgeGender, ModelRole.AgeGenderHead, ModelRole.Embedder }
            .Where(role => role != ModelRole.AgeGenderHead || Head is not null)
            .Select(manifest.Find).OfType<ModelEntry>().Select(m => $"{m.Name}-{m.Version}"));
    }

    public FaceDetector Detector { get; }

    public FaceLandmarks Landmarks { get; }

    public AgeGenderModel AgeGender { get; }

    public FaceEmbedder Embedder { get; }

    /// <summary>Corrects the estimates of <see cref="AgeGender"/>; null without one.</summary>
    public AgeGenderHead? Head { get; }

    /// <summary>Names and versions of the models that estimate and embed.</summary>
    public string Version { get; }

    /// <summary>Number of ages in a distribution.</summary>
    public int AgeCount => Head?.Ages ?? AgeGender.Ages;

    /// <summary>Working memory for one frame at a time.</summary>
    public WorkerTensors CreateTensors() =>
        new(Detector.CreateTensors(), Landmarks.CreateTensors(), AgeGender.CreateTensors(), Embedder.CreateTensors(),
            Head?.CreateTensors());

    /// <summary>Frees the models.</summary>
    public void Dispose()
    {
        Detector.Dispose();
        Landmarks.Dispose();
        AgeGender.Dispose();
        Embedder.Dispose();
        Head?.Dispose();
    }

    int FeatureLength(string meaning) => meaning switch
    {
        "feature" => AgeGender.FeatureLength,
        "age" => AgeGender.Ages,
        "male" => 1,
        _ => Embedder.Length,
    };
}
