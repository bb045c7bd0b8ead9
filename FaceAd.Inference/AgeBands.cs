using FaceAd.Core;

namespace FaceAd.Inference;

/// <summary>Probability of each age band, regardless of gender. The four sum to 1.</summary>
/// <param name="Kids">0 to 19 years.</param>
/// <param name="Age2030">20 to 39 years.</param>
/// <param name="Age4050">40 to 59 years.</param>
/// <param name="Silver">60 years and older.</param>
public readonly record struct BandProbabilities(double Kids, double Age2030, double Age4050, double Silver);

/// <summary>Age and gender estimate of one face.</summary>
/// <param name="AgeYears">Expected age in years.</param>
/// <param name="Bands">Probability of each age band.</param>
/// <param name="Male">Probability of a man, 0..1.</param>
/// <param name="Child">Probability of being younger than <see cref="AgeBands.AdultFrom"/> years, 0..1.</param>
public readonly record struct FaceEstimate(double AgeYears, BandProbabilities Bands, double Male, double Child)
{
    /// <summary>Probability of each segment: the band's, split by gender for 2030 and 4050.</summary>
    public SegmentProbabilities Segments => new(
        Bands.Kids,
        Bands.Age2030 * Male,
        Bands.Age2030 * (1 - Male),
        Bands.Age4050 * Male,
        Bands.Age4050 * (1 - Male),
        Bands.Silver);
}

/// <summary>Boundaries of the age bands, in whole years of age. Defined here only.</summary>
public sealed record AgeBands
{
    /// <summary>The bands used everywhere ("bands B").</summary>
    public static AgeBands Default { get; } = new();

    /// <summary>First age of band 2030; below it is Kids.</summary>
    public int Age2030From { get; init; } = 20;

    /// <summary>First age of band 4050.</summary>
    public int Age4050From { get; init; } = 40;

    /// <summary>First age of band Silver.</summary>
    public int SilverFrom { get; init; } = 60;

    /// <summary>First age that child safety treats as adult.</summary>
    public int AdultFrom { get; init; } = 19;

    /// <summary>Sums an age distribution into bands.</summary>
    /// <param name="ages">Weight of each age; entry i is i + 1 years. The sum need not be 1 but must be positive.</param>
    /// <param name="male">Probability of a man, 0..1.</param>
    /// <returns>The estimate; bands and segments sum to 1.</returns>
    public FaceEstimate Estimate(ReadOnlySpan<float> ages, double male)
    {
        var (kids, young, middle, silver, child, years) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        for (var i = 0; i < ages.Length; i++)
        {
            var (age, weight) = (i + 1, (double)ages[i]);
            if (age < Age2030From) kids += weight;
            else if (age < Age4050From) young += weight;
            else if (age < SilverFrom) middle += weight;
            else silver += weight;
            if (age < AdultFrom) child += weight;
            years += weight * age;
        }
        var sum = kids + young + middle + silver;
        var bands = new BandProbabilities(kids / sum, young / sum, middle / sum, silver / sum);
        return new FaceEstimate(years / sum, bands, Math.Clamp(male, 0, 1), child / sum);
    }
}
