using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using FaceAd.Models.Onnx;
using Google.Protobuf;

namespace FaceAd.Models;

/// <summary>
/// Takes each model in the manifest from its npm package, verifies it, converts it where needed, optimises it where that does not
/// change its outputs, and writes it to the model folder with a copy of the manifest. A file that already has the right hash is kept.
/// </summary>
/// <param name="manifestPath">Path of the manifest.</param>
/// <param name="nodeModules">The <c>node_modules</c> folder.</param>
/// <param name="output">The model folder; created if missing.</param>
public sealed class ModelPreparation(string manifestPath, string nodeModules, string output)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        RespectNullableAnnotations = true,
    };

    /// <summary>Prepares every model.</summary>
    /// <param name="progress">Receives one line per model.</param>
    /// <exception cref="ModelPreparationException">A source is missing or changed, or the result does not match the manifest.</exception>
    public void Run(Action<string> progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var manifest = File.ReadAllBytes(manifestPath);
        var models = Parse(manifest).Models;
        Directory.CreateDirectory(output);
        foreach (var model in models)
        {
            var target = Path.Combine(output, model.File);
            if (File.Exists(target) && Hash(File.ReadAllBytes(target)) == model.Sha256)
            {
                progress($"{model.Name} {model.Version}: ready");
                continue;
            }
            var prepared = Prepare(model);
            var hash = Hash(prepared);
            if (hash != model.Sha256)
            {
                throw new ModelPreparationException(
                    $"{model.Name}: the prepared file has SHA-256 {hash}, the manifest says {model.Sha256}. " +
                    $"If the change is intended, correct {manifestPath}.");
            }
            Write(target, prepared);
            progress($"{model.Name} {model.Version}: prepared ({prepared.Length / 1024} KiB)");
        }
        Write(Path.Combine(output, "manifest.json"), manifest);
    }

    ManifestFile Parse(byte[] manifest)
    {
        try
        {
            var file = JsonSerializer.Deserialize<ManifestFile>(manifest, Json) ?? throw new JsonException("It is empty.");
            // The serializer does not look at the elements of a list.
            return file.Models.All(m => m is { Source.Files: var files } && files.All(f => f is not null))
                ? file : throw new JsonException("A list in it has an empty element.");
        }
        catch (JsonException e)
        {
            throw new ModelPreparationException($"{manifestPath} cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    byte[] Prepare(ManifestModel model)
    {
        var sources = model.Source.Files.Select(file => ReadSource(model, file)).ToList();
        try
        {
            return Tune((model.Conversion, sources) switch
            {
                ("none", [var only]) => only,
                ("tfjs-graph", [var graph, var weights]) => TfjsToOnnx.Convert(TfjsGraph.Read(graph, weights), [.. model.Outputs.Values]),
                _ => throw new ModelPreparationException(
                    $"{model.Name}: unknown conversion \"{model.Conversion}\" with {sources.Count} source files."),
            });
        }
        catch (Exception e)
            when (e is InvalidDataException or KeyNotFoundException or ArgumentException or JsonException or InvalidProtocolBufferException)
        {
            throw new ModelPreparationException($"{model.Name} cannot be converted: {e.Message}", e);
        }
    }

    /// <summary>Optimises a model without changing its outputs. One with nothing to gain stays identical, byte for byte.</summary>
    internal static byte[] Tune(byte[] model)
    {
        var parsed = ModelProto.Parser.ParseFrom(model);
        return VanishingWeights.Zero(parsed) + ParametricRectifiers.Replace(parsed) == 0 ? model : parsed.ToByteArray();
    }

    /// <summary>Reads a source file. Without a package, its path is absolute or relative to the manifest.</summary>
    byte[] ReadSource(ManifestModel model, ManifestSourceFile file)
    {
        var folder = model.Source.Package is { } package
            ? Path.Combine(nodeModules, package)
            : Path.GetDirectoryName(Path.GetFullPath(manifestPath))!;
        var path = Path.Combine(folder, file.Path);
        if (!File.Exists(path)) throw new ModelPreparationException($"{path} is missing. Restore the packages: npm ci --ignore-scripts");
        var bytes = File.ReadAllBytes(path);
        var hash = Hash(bytes);
        return hash == file.Sha256
            ? bytes
            : throw new ModelPreparationException(
                $"{path} has SHA-256 {hash}, the manifest says {file.Sha256}. Restore the package again, or correct the manifest.");
    }

    static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Writes a temporary file and renames it into place, so that a reader never sees half a file.</summary>
    static void Write(string path, byte[] content)
    {
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            File.WriteAllBytes(partial, content);
            File.Move(partial, path, overwrite: true);
        }
        catch (IOException e)
        {
            File.Delete(partial);
            throw new ModelPreparationException($"{path} cannot be written: {e.Message}", e);
        }
    }

    sealed record ManifestFile([property: JsonRequired] IReadOnlyList<ManifestModel> Models);

    sealed record ManifestModel(
        [property: JsonRequired] string Name,
        [property: JsonRequired] string Version,
        [property: JsonRequired] ManifestSource Source,
        [property: JsonRequired] string Conversion,
        [property: JsonRequired] string File,
        [property: JsonRequired] string Sha256,
        [property: JsonRequired] IReadOnlyDictionary<string, string> Outputs);

    sealed record ManifestSource(string? Package, string? Version, [property: JsonRequired] IReadOnlyList<ManifestSourceFile> Files);

    sealed record ManifestSourceFile([property: JsonRequired] string Path, [property: JsonRequired] string Sha256);
}

/// <summary>A model cannot be prepared. The message is one line that names the file and says what to do.</summary>
public sealed class ModelPreparationException : Exception
{
    /// <summary>Creates the exception with a general message.</summary>
    public ModelPreparationException()
        : this("A model cannot be prepared.")
    {
    }

    /// <summary>Creates the exception with a reason.</summary>
    /// <param name="message">One line: the file, the problem, what to do.</param>
    public ModelPreparationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a reason and a cause.</summary>
    /// <param name="message">One line: the file, the problem, what to do.</param>
    /// <param name="innerException">The cause.</param>
    public ModelPreparationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
