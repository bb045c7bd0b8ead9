namespace FaceAd.Inference.Models;

/// <summary>How pixels become an input tensor: value = (pixel - mean) x scale, pixel 0..255.</summary>
public sealed record ModelInput
{
    /// <summary>Name of the tensor.</summary>
    public required string Name { get; init; }

    /// <summary>Width in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>"NCHW" or "NHWC".</summary>
    public required string Layout { get; init; }

    /// <summary>"RGB", "BGR" or "GREY".</summary>
    public required string Channels { get; init; }

    /// <summary>Mean per channel, in the order of <see cref="Channels"/>.</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>Factor applied after the mean is subtracted.</summary>
    public required float Scale { get; init; }

    /// <summary>Number of channels: 1 or 3.</summary>
    public int ChannelCount => Channels == "GREY" ? 1 : 3;

    /// <summary>Number of values in the tensor.</summary>
    public int Length => Width * Height * ChannelCount;

    /// <summary>Grey pixels as they are, 0..255: for comparisons, not for a model.</summary>
    internal static ModelInput Grey(int width, int height) => new()
    {
        Name = "grey",
        Width = width,
        Height = height,
        Layout = "NHWC",
        Channels = "GREY",
        Mean = [0],
        Scale = 1,
    };

    /// <summary>The problem with the entry; null when there is none.</summary>
    internal string? Problem =>
        Layout is not ("NCHW" or "NHWC") ? "layout must be NCHW or NHWC"
        : Channels is not ("RGB" or "BGR" or "GREY") ? "channels must be RGB, BGR or GREY"
        : Mean.Count != ChannelCount ? $"mean must have {ChannelCount} values"
        : Width is < 1 or > 4096 || Height is < 1 or > 4096 ? "width and height must be 1 to 4096"
        : null;

    /// <summary>Shape of the tensor for one picture.</summary>
    public IReadOnlyList<long> Shape => Layout == "NHWC" ? [1, Height, Width, ChannelCount] : [1, ChannelCount, Height, Width];
}
