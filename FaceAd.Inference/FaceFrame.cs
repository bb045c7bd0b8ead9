using FaceAd.Inference.Detection;
using FaceAd.Inference.Imaging;
using FaceAd.Inference.Models;
using FaceAd.Inference.Tracking;

namespace FaceAd.Inference;

/// <summary>
/// The faces of one frame, and the working memory to find them. Rented from a <see cref="FaceChain"/>, reused from frame to frame,
/// returned by <see cref="Dispose"/>. Spans are valid until the next frame. Not thread-safe.
/// </summary>
public sealed class FaceFrame : IDisposable
{
    /// <summary>Maximum number of faces per frame.</summary>
    public const int MaxFaces = 64;

    readonly FaceChain _chain;
    readonly Face[] _faces = new Face[MaxFaces];
    readonly bool[] _estimated = new bool[MaxFaces];
    readonly bool[] _embedded = new bool[MaxFaces];
    readonly FaceEstimate[] _estimates = new FaceEstimate[MaxFaces];
    readonly float[] _landmarks = new float[MaxFaces * FaceLandmarks.Length];
    readonly float[] _ages;
    readonly float[] _embeddings;
    readonly int _ageCount;
    readonly int _embeddingLength;

    internal FaceFrame(
        FaceChain chain, JpegDecoder decoder, WorkerTensors tensors, CropSampler sampler, FaceSearch search, int ages, int embeddingLength)
    {
        _chain = chain;
        Decoder = decoder;
        (Tensors, Sampler, Search) = (tensors, sampler, search);
        (_ageCount, _embeddingLength) = (ages, embeddingLength);
        _ages = new float[MaxFaces * ages];
        _embeddings = new float[MaxFaces * embeddingLength];
    }

    /// <summary>Width of the full-size picture in pixels.</summary>
    public int Width { get; internal set; }

    /// <summary>Height of the full-size picture in pixels.</summary>
    public int Height { get; internal set; }

    /// <summary>The faces, most confident first.</summary>
    public ReadOnlySpan<Face> Faces => _faces.AsSpan(0, Count);

    /// <summary>Time per stage of this frame so far.</summary>
    public StageTimings Timings { get; internal set; }

    /// <summary>Detector runs on this frame: 1, plus one for each further region and each second look.</summary>
    public int DetectorRuns => Search.Passes;

    internal int Count { get; set; }

    /// <summary>Number of faces in <see cref="Detected"/>.</summary>
    internal int Found { get; set; }

    internal bool Rented { get; set; } = true;

    internal JpegDecoder Decoder { get; }

    internal PixelBuffer Picture { get; } = new();

    /// <summary>The pixels analysed: <see cref="Picture"/>, or the caller's.</summary>
    internal PixelBuffer Source { get; set; } = new();

    /// <summary>Factors from pixels of <see cref="Source"/> to those of the full-size picture.</summary>
    internal (float X, float Y) Scale => ((float)Width / Source.Width, (float)Height / Source.Height);

    /// <summary>A picture turned, for whoever looks at it so.</summary>
    internal PixelBuffer Turned { get; } = new();

    /// <summary>Working memory of the check for people.</summary>
    internal LivenessScratch Liveness { get; } = new();

    internal CropSampler Sampler { get; }

    internal FaceSearch Search { get; }

    internal WorkerTensors Tensors { get; }

    internal DetectedFace[] Detected { get; } = new DetectedFace[MaxFaces];

    internal Span<Face> FaceSlots => _faces;

    /// <summary>The 68 points of a face (iBUG layout), x and y alternating, in pixels of the picture as decoded.</summary>
    internal Span<float> LandmarkSlot(int face) => _landmarks.AsSpan(face * FaceLandmarks.Length, FaceLandmarks.Length);

    internal Span<float> AgeSlot(int face) => _ages.AsSpan(face * _ageCount, _ageCount);

    internal Span<float> EmbeddingSlot(int face) => _embeddings.AsSpan(face * _embeddingLength, _embeddingLength);

    /// <summary>The age and gender estimate of a face; null when it was not classified in this frame.</summary>
    /// <param name="face">Index into <see cref="Faces"/>.</param>
    public FaceEstimate? Estimate(int face) => _estimated[Check(face)] ? _estimates[face] : null;

    /// <summary>The age distribution of a face, entry i for i + 1 years; empty when it was not classified in this frame.</summary>
    /// <param name="face">Index into <see cref="Faces"/>.</param>
    public ReadOnlySpan<float> Ages(int face) => _estimated[Check(face)] ? AgeSlot(face) : [];

    /// <summary>The embedding of a face, a unit vector; empty when it was not embedded in this frame.</summary>
    /// <param name="face">Index into <see cref="Faces"/>.</param>
    public ReadOnlySpan<float> Embedding(int face) => _embedded[Check(face)] ? EmbeddingSlot(face) : [];

    /// <summary>Returns the memory to the chain. The frame must not be used afterwards.</summary>
    public void Dispose()
    {
        if (!Rented) return;
        Rented = false;
        _chain.Return(this);
    }

    internal void Clear()
    {
        (Count, Found) = (0, 0);
        Timings = default;
        Array.Clear(_estimated);
        Array.Clear(_embedded);
    }

    internal void SetEstimate(int face, FaceEstimate estimate) => (_estimates[face], _estimated[face]) = (estimate, true);

    internal void SetEmbedded(int face) => _embedded[face] = true;

    internal void Free()
    {
        Decoder.Dispose();
        Tensors.Dispose();
    }

    int Check(int face)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(face);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(face, Count);
        return face;
    }
}
