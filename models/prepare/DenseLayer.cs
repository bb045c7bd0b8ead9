
namespace FaceAd.Models;

/// <summary>A dense layer: y = x W + b.</summary>
/// <param name="Inputs">Number of inputs.</param>
/// <param name="Outputs">Number of outputs.</param>
/// <param name="Weights">Inputs x outputs, row-major.</param>
/// <param name="Bias">One value per output.</param>
public sealed record DenseLayer(int Inputs, int Outputs, float[] Weights, float[] Bias);
