namespace FaceAd.Web.Audiences.Persons;

/// <summary>
/// How similar one face is to people who are somebody else: running mean and deviation of its cosines with the other persons of
/// its building. Faces of one population resemble each other more than the faces that embeddings are usually judged on, and some faces
/// resemble everybody; measured in deviations above the mean, one bound serves all of them.
/// </summary>
struct ScoreNormalisation
{
    /// <summary>Cosines from here on may be the same person seen twice, and are left out.</summary>
    public const double Doubtful = 0.4;

    /// <summary>What is assumed before anybody else is known weighs as much as so many persons.</summary>
    private const double PriorCount = 30;

    private const double PriorMean = 0.02;

    private const double PriorDeviation = 0.11;

    private int _count;
    private double _sum;
    private double _squares;

    /// <summary>Takes the cosine with somebody else in.</summary>
    /// <param name="similarity">-1..1.</param>
    public void Add(double similarity)
    {
        if (similarity >= Doubtful) return;
        _count++;
        _sum += similarity;
        _squares += similarity * similarity;
    }

    /// <summary>How many deviations a cosine lies above those with other people.</summary>
    /// <param name="similarity">-1..1.</param>
    public readonly double Deviations(double similarity)
    {
        var count = _count + PriorCount;
        var mean = (_sum + PriorCount * PriorMean) / count;
        var square = (_squares + PriorCount * (PriorDeviation * PriorDeviation + PriorMean * PriorMean)) / count;
        return (similarity - mean) / Math.Sqrt(Math.Max(square - mean * mean, 1e-4));
    }
}
