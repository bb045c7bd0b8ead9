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
