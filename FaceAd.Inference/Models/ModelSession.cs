using System.Security.Cryptography;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FaceAd.Inference.Models;

/// <summary>
/// A verified model in an ONNX Runtime session that runs on the caller's thread alone. Thread-safe: every worker brings its own
/// <see cref="ModelTensors"/>.
/// </summary>
sealed class ModelSession : IDisposable
{
    readonly InferenceSession _session;
    readonly RunOptions _runOptions;

    public ModelSession(string folder, ModelEntry entry)
    {
        OnnxRuntime.EnsureStarted();
        _runOptions = new RunOptions();
        Entry = entry;
        // Hash and load the same bytes, so the file cannot change in between.
        var model = ReadChecked(folder, entry);
        using var options =
            new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, ExecutionMode = ExecutionMode.ORT_SEQUENTIAL };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        try
        {
            _session = new InferenceSession(model, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelFileException(
                $"ONNX Runtime cannot load {Path.Combine(folder, entry.File)} ({e.Message.ReplaceLineEndings(" ")}). " +
                "Correct the manifest or the file.", e);
        }
        foreach (var name in entry.Input is { } picture ? [picture.Name] : entry.Features.Values)
            Require(folder, _session.InputMetadata, name);
        foreach (var name in entry.Outputs.Values) Require(folder, _session.OutputMetadata, name);
    }

    public ModelEntry Entry { get; }

    /// <summary>Input format of a model that reads pictures.</summary>
    public ModelInput Input => Entry.Input ?? throw new InvalidOperationException($"{Entry.Name} does not read pictures.");

    /// <summary>Fixed length of an output; a free dimension counts as 1 (one picture at a time).</summary>
    public int OutputLength(string meaning) => Length(OutputShape(meaning));

    public long[] OutputShape(string meaning) => Shape(_session.OutputMetadata[OutputName(meaning)]);

    /// <summary>Fixed length of an input by its meaning; a free dimension counts as 1.</summary>
    public int FeatureLength(string meaning) => Length(Shape(_session.InputMetadata[Entry.Features[meaning]]));

    public string OutputName(string meaning) =>
        Entry.Outputs.TryGetValue(meaning, out var name)
            ? name
            : throw new ModelFileException($"{ModelManifest.FileName}: {Entry.Name} has no output \"{meaning}\". Add it.");

    /// <summary>Binds one worker's tensors: the picture, or the features in the manifest's order; and the outputs.</summary>
    /// <param name="outputs">Meanings of the outputs, in the order of <see cref="ModelTensors.Output"/>.</param>
    public ModelTensors CreateTensors(params ReadOnlySpan<string> outputs)
    {
        var binding = _session.CreateIoBinding();
        var values = new List<OrtValue>();
        var inputs = new List<float[]>();
        if (Entry.Input is { } picture)
        {
            inputs.Add(Bind(picture.Length, [.. picture.Shape], values));
            binding.BindInput(picture.Name, values[^1]);
        }
        foreach (var (meaning, name) in Entry.Features)
        {
            inputs.Add(Bind(FeatureLength(meaning), Shape(_session.InputMetadata[name]), values));
            binding.BindInput(name, values[^1]);
        }
        var results = new float[outputs.Length][];
        for (var i = 0; i < outputs.Length; i++)
        {
            results[i] = Bind(OutputLength(outputs[i]), OutputShape(outputs[i]), values);
            binding.BindOutput(OutputName(outputs[i]), values[^1]);
        }
        return new ModelTensors(binding, values, [.. inputs], results);
    }

    /// <summary>Runs the model on one worker's tensors, without managed allocations.</summary>
    public void Run(ModelTensors tensors) => _session.RunWithBinding(_runOptions, tensors.Binding);

    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
    }

    static long[] Shape(NodeMetadata node) => [.. node.Dimensions.Select(d => (long)Math.Max(d, 1))];

    static int Length(long[] shape) => shape.Aggregate(1, (product, side) => checked(product * (int)side));

    static float[] Bind(int length, long[] shape, List<OrtValue> values)
    {
        var memory = GC.AllocateArray<float>(length, pinned: true);
        values.Add(OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory.AsMemory(), shape));
        return memory;
    }

    static byte[] ReadChecked(string folder, ModelEntry entry)
    {
        var path = Path.Combine(folder, entry.File);
        byte[] model;
        try
        {
            model = File.ReadAllBytes(path);
        }
        catch (IOException e)
        {
            throw new ModelFileException(
                $"{path} cannot be read ({e.Message}). Prepare the models: dotnet run --project models/prepare", e);
        }
        var hash = Convert.ToHexStringLower(SHA256.HashData(model));
        return hash == entry.Sha256
            ? model
            : throw new ModelFileException(
                $"{path} is not the file in the manifest " +
                $"(SHA-256 {hash[..12]}.., expected {entry.Sha256[..Math.Min(12, entry.Sha256.Length)]}..). " +
                "Delete it and prepare the models again: dotnet run --project models/prepare");
    }

    void Require(string folder, IReadOnlyDictionary<string, NodeMetadata> metadata, string name)
    {
        if (metadata.TryGetValue(name, out var node) && node.ElementDataType == TensorElementType.Float) return;
        throw new ModelFileException(
            $"{Path.Combine(folder, Entry.File)} has no float tensor \"{name}\" (it has {string.Join(", ", metadata.Keys)}). Correct the manifest.");
    }
}
