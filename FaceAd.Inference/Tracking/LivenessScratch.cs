namespace FaceAd.Inference.Tracking;

/// <summary>Working memory of a <see cref="LivenessCheck"/> for one frame. One per worker: there may be ten thousand screens.</summary>
sealed class LivenessScratch
{
    /// <summary>A face now, and as it was.</summary>
    public float[] Look { get; } = new float[LivenessCheck.Side * LivenessCheck.Side];

    /// <inheritdoc cref="Look"/>
    public float[] EarlierLook { get; } = new float[LivenessCheck.Side * LivenessCheck.Side];

    /// <summary>The whole picture now, and as it was.</summary>
    public float[] Picture { get; } = new float[CameraShake.Width * CameraShake.Height];

    /// <inheritdoc cref="Picture"/>
    public float[] EarlierPicture { get; } = new float[CameraShake.Width * CameraShake.Height];

    /// <summary>The same, smaller.</summary>
    public float[] Coarse { get; } = new float[CameraShake.CoarseLength];

    /// <inheritdoc cref="Coarse"/>
    public float[] EarlierCoarse { get; } = new float[CameraShake.CoarseLength];

    /// <summary>Reads kept pixels.</summary>
    public static void Read(ReadOnlySpan<byte> kept, Span<float> into)
    {
        for (var i = 0; i < kept.Length; i++) into[i] = kept[i];
    }

    /// <summary>Keeps pixels, to a whole grey level.</summary>
    public static void Keep(ReadOnlySpan<float> pixels, Span<byte> into)
    {
        for (var i = 0; i < pixels.Length; i++) into[i] = (byte)Math.Clamp(pixels[i] + 0.5f, 0, 255);
    }
}
