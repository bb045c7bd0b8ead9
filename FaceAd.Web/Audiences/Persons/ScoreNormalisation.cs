namespace FaceAd.Web.Audiences.Persons;

/// <summary>
/// Impostor scores of one face: running mean and deviation of its cosines with the other people of
/// its building (symmetric score normalisation, s-norm). Faces of one population resemble each
/// other more than the faces that embeddings are usually judged on, and some faces
/// resemble everyone; measured in deviations above the mean, one bound serves all of them.
/// </summary>
struct ScoreNormalisation
{
    /// <summary>Cosines from here on may be the same person seen twice, and are left out.</summary>
    public const double Doubtful = 0.4;

    /// <summary>Weight of the prior, in people.</summary>
    private const double PriorCount = 30;

    private const double PriorMean = 0.02;

    private const double PriorDeviation = 0.11;

    private int _count;
    private double _sum;
    private double _squares;

    /// <summary>Adds the cosine with another person.</summary>
    /// <param name="similarity">-1..1.</param>
    public void Add(double similarity)
    {
        if (similarity >= Doubtful) return;
        _count++;
        _sum += similarity;
        _squares += similarity * similarity;
    }

    /// <summary>Impostor z-score: how many deviations a cosine lies above those with other people.</summary>
    /// <param name="similarity">-1..1.</param>
    public readonly double Deviations(double similarity)
    {
        var count = _count + PriorCount;
        var mean = (_sum + PriorCount * PriorMean) / count;
        var square = (_squares + PriorCount * (PriorDeviation * PriorDeviation + PriorMean * PriorMean)) / count;
        return (similarity - mean) / Math.Sqrt(Math.Max(square - mean * mean, 1e-4));
    }
}
