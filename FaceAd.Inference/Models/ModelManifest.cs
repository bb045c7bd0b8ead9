using System.Text.Json;

namespace FaceAd.Inference.Models;

/// <summary>The models of the pipeline: <c>manifest.json</c> in the model folder.</summary>
public sealed record ModelManifest
{
    /// <summary>File name of the manifest.</summary>
    public const string FileName = "manifest.json";

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        RespectNullableAnnotations = true,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The models, one per role.</summary>
    public required IReadOnlyList<ModelEntry> Models { get; init; }

    /// <summary>Reads the manifest of a model folder.</summary>
    /// <param name="folder">The folder that <c>models/prepare</c> wrote.</param>
    /// <exception cref="ModelFileException">The manifest is missing or unreadable.</exception>
    public static ModelManifest Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!System.IO.File.Exists(path))
            throw new ModelFileException($"{path} is missing. Prepare the models: dotnet run --project models/prepare");
        try
        {
            var manifest = JsonSerializer.Deserialize<ModelManifest>(System.IO.File.ReadAllBytes(path), Json)
                ?? throw new JsonException("It is empty.");
            foreach (var model in manifest.Models)
            {
                if (model is null) throw new JsonException("An element of its models is empty."); // the serializer does not look there
                if (model.Problem is { } problem) throw new JsonException($"{model.Name}: {problem}");
            }
            return manifest;
        }
        catch (JsonException e)
        {
            throw new ModelFileException(
                $"{path} cannot be read ({e.Message.ReplaceLineEndings(" ")}). Correct it, or prepare the models again.", e);
        }
    }

    /// <summary>The model of a role.</summary>
    /// <param name="role">The role.</param>
    /// <exception cref="ModelFileException">The manifest has none, or several.</exception>
    public ModelEntry this[ModelRole role] =>
        Find(role) ?? throw new ModelFileException($"{FileName} has no model with the role {role}. Add one.");

    /// <summary>The model of an optional role; null when the manifest has none.</summary>
    /// <param name="role">The role.</param>
    /// <exception cref="ModelFileException">The manifest has several.</exception>
    public ModelEntry? Find(ModelRole role)
    {
        var found = Models.Where(m => m.Role == role).ToList();
        return found.Count > 1
            ? throw new ModelFileException($"{FileName} has {found.Count} models with the role {role}. Keep one.")
            : found.SingleOrDefault();
    }
}
