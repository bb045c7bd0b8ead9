namespace FaceAd.Inference.Tracking;

/// <summary>
/// One estimate from many frames of the same face: the weighted geometric mean of the age distributions and of the odds of
/// gender, sharpened by at most one half as independent frames add up. Frames of one ride resemble each other, so a thousand of
/// them are no thousandfold proof: however often a frame is repeated, the confidence stays bounded. The order of frames does not
/// matter, and the result is a distribution always.
/// </summary>
/// <param name="bands">Where age bands begin.</param>
/// <param name="ages">Number of ages in a distribution.</param>
public sealed class EstimateFusion(AgeBands bands, int ages)
{
    /// <summary>Exponent that infinitely many equally good frames reach; one frame has 1.</summary>
    public const double MostSharpening = 1.5;

    /// <summary>No single frame may rule an age or a gender out.</summary>
    const double Floor = 1e-4;

    readonly double[] _logAges = new double[ages];
    readonly float[] _fused = new float[ages];
    double _logit;
    double _weight;
    double _squares;

    /// <summary>Number of frames taken in, those of weight 0 left out.</summary>
    public int Frames { get; private set; }

    /// <summary>Weight of each age after fusion, the largest 1; entry i is i + 1 years. All 0 before the first frame.</summary>
    public ReadOnlySpan<float> Ages => _fused;

    /// <summary>The fused estimate; null before the first frame.</summary>
    public FaceEstimate? Current { get; private set; }

    /// <summary>Takes a frame in.</summary>
    /// <param name="distribution">Probability of each age.</param>
    /// <param name="male">Probability of a man, 0..1.</param>
    /// <param name="weight">How good the frame is, 0 and more, finite; a frame of weight 0 changes nothing.</param>
    public void Add(ReadOnlySpan<float> distribution, double male, double weight)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(distribution.Length, _logAges.Length);
        if (!(weight >= 0) || double.IsInfinity(weight)) throw new ArgumentOutOfRangeException(nameof(weight), weight, "must be 0 or more, and finite");
        if (weight == 0) return;
        for (var i = 0; i < _logAges.Length; i++) _logAges[i] += weight * Math.Log(Math.Max(distribution[i], Floor));
        var probability = Math.Clamp(male, Floor, 1 - Floor);
        _logit += weight * Math.Log(probability / (1 - probability));
        _weight += weight;
        _squares += weight * weight;
        Frames++;
        Fuse();
    }

    void Fuse()
    {
        // Kish's effective number of frames: 1 for one frame, n for n equally good ones.
        var effective = _weight * _weight / _squares;
        var factor = (MostSharpening - (MostSharpening - 1) / effective) / _weight;
        var largest = double.NegativeInfinity;
        foreach (var log in _logAges) largest = Math.Max(largest, log * factor);
        for (var i = 0; i < _fused.Length; i++) _fused[i] = (float)Math.Exp(_logAges[i] * factor - largest);
        Current = bands.Estimate(_fused, 1 / (1 + Math.Exp(-_logit * factor)));
    }
}
