namespace FaceAd.Inference.Models;

/// <summary>What a model does in the pipeline.</summary>
public enum ModelRole
{
    /// <summary>Finds faces in a picture.</summary>
    Detector,

    /// <summary>Finds the 68 landmarks of a face.</summary>
    Landmarks,

    /// <summary>Estimates age and gender of a face.</summary>
    AgeGender,

    /// <summary>Embeds an aligned face for re-identification.</summary>
    Embedder,

    /// <summary>
    /// Corrects age and gender from the outputs of <see cref="AgeGender"/> and <see cref="Embedder"/>. Optional: without it, the
    /// estimates of <see cref="AgeGender"/> are used as they are.
    /// </summary>
    AgeGenderHead,
}

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

/// <summary>One model: its file, version, licence, inputs and outputs.</summary>
public sealed record ModelEntry
{
    /// <summary>What the model does.</summary>
    public required ModelRole Role { get; init; }

    /// <summary>Name of the model, such as "faceres".</summary>
    public required string Name { get; init; }

    /// <summary>Version of the model, such as "3.3.6".</summary>
    public required string Version { get; init; }

    /// <summary>File name in the model folder.</summary>
    public required string File { get; init; }

    /// <summary>SHA-256 of the file, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Licence of the weights.</summary>
    public required string Licence { get; init; }

    /// <summary>The input tensor of a model that reads pictures; null for one that reads <see cref="Features"/>.</summary>
    public ModelInput? Input { get; init; }

    /// <summary>Names of the input tensors by meaning, for a model fed by other models (see its card); otherwise empty.</summary>
    public IReadOnlyDictionary<string, string> Features { get; init; } = new Dictionary<string, string>();

    /// <summary>Names of the output tensors by meaning (see the model's card).</summary>
    public required IReadOnlyDictionary<string, string> Outputs { get; init; }

    /// <summary>The problem with the entry; null when there is none.</summary>
    internal string? Problem =>
        Role == ModelRole.AgeGenderHead
            ? Features.Count == 0 ? "features must name at least one tensor" : null
            : Input is null ? "input is missing" : Input.Problem;
}
