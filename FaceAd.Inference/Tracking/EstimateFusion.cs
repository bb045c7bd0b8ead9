namespace FaceAd.Inference.Tracking;

/// <summary>
/// Fuses the estimates of many frames of one face: the weighted geometric mean of the age distributions and of the gender odds,
/// sharpened as frames add up by an exponent of at most 1.5. Frames of one ride are correlated, so a thousand of them are not
/// a thousand times the evidence: however often a frame repeats, confidence stays bounded. The order of frames does not matter, and
/// the result is always a distribution.
/// </summary>
/// <param name="bands">Where age bands begin.</param>
/// <param name="ages">Number of ages in a distribution.</param>
public sealed class EstimateFusion(AgeBands bands, int ages)
{
    /// <summary>Limit of the exponent for infinitely many equally good frames; it is 1 for one frame.</summary>
    public const double MostSharpening = 1.5;

    /// <summary>Minimum probability taken from a frame, so that no single frame rules out an age or a gender.</summary>
    const double Floor = 1e-4;

    readonly double[] _logAges = new double[ages];
    readonly float[] _fused = new float[ages];
    double _logit;
    double _weight;
    double _squares;

    /// <summary>Number of frames fused, without those of weight 0.</summary>
    public int Frames { get; private set; }

    /// <summary>Weight of each age after fusion, scaled to a maximum of 1; entry i is i + 1 years. All 0 before the first frame.</summary>
    public ReadOnlySpan<float> Ages => _fused;

    /// <summary>The fused estimate; null before the first frame.</summary>
    public FaceEstimate? Current { get; private set; }

    /// <summary>Adds the estimate of a frame.</summary>
    /// <param name="distribution">Probability of each age.</param>
    /// <param name="male">Probability of a man, 0..1.</param>
    /// <param name="weight">Quality of the frame, finite and not negative; a frame of weight 0 changes nothing.</param>
    public void Add(ReadOnlySpan<float> distribution, double male, double weight)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(distribution.Length, _logAges.Length);
        if (!(weight >= 0) || double.IsInfinity(weight))
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "must be 0 or more, and finite");
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
