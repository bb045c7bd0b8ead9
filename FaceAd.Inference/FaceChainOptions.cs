using FaceAd.Inference.Detection;
using FaceAd.Inference.Imaging;

namespace FaceAd.Inference;

/// <summary>Settings of a <see cref="FaceChain"/>.</summary>
public sealed record FaceChainOptions
{
    /// <summary>Folder written by <c>models/prepare</c>, with its manifest.</summary>
    public required string ModelFolder { get; init; }

    /// <summary>How faces are searched for and accepted.</summary>
    public FaceSearchOptions Search { get; init; } = new();

    /// <summary>Larger pictures are scaled down while decoding, but their longer side keeps at least this many pixels.</summary>
    public int WorkingSide { get; init; } = 1280;

    /// <summary>Limits on the JPEGs it decodes.</summary>
    public JpegLimits Limits { get; init; } = JpegLimits.Default;

    /// <summary>Where age bands begin.</summary>
    public AgeBands Bands { get; init; } = AgeBands.Default;

    /// <summary>Whether the manifest's head, if it names one, corrects the estimates. Training turns it off.</summary>
    public bool Head { get; init; } = true;
}
