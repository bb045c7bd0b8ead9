using FaceAd.Inference.Models;

namespace FaceAd.Inference;

/// <summary>One worker's bound tensors, for every model.</summary>
sealed record WorkerTensors(
    ModelTensors Detector, ModelTensors Landmarks, ModelTensors AgeGender, ModelTensors Embedder, ModelTensors? Head) : IDisposable
{
    public void Dispose()
    {
        Detector.Dispose();
        Landmarks.Dispose();
        AgeGender.Dispose();
        Embedder.Dispose();
        Head?.Dispose();
    }
}
