using Microsoft.ML.OnnxRuntime;

namespace FaceAd.Inference.Models;

/// <summary>One worker's input and output memory for one model, bound once and reused for every run.</summary>
sealed class ModelTensors(OrtIoBinding binding, List<OrtValue> values, float[][] inputs, float[][] outputs) : IDisposable
{
    public OrtIoBinding Binding => binding;

    /// <summary>The picture, or the first feature.</summary>
    public Span<float> Input => inputs[0];

    public Span<float> Feature(int index) => inputs[index];

    public int Outputs => outputs.Length;

    public ReadOnlySpan<float> Output(int index) => outputs[index];

    public void Dispose()
    {
        binding.Dispose();
        foreach (var value in values) value.Dispose();
    }
}
