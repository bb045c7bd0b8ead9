using FaceAd.Bench.Evaluation;

namespace FaceAd.Bench.Cabins;

/// <summary>Re-identification scores of one simulated building.</summary>
/// <param name="Persons">Number of people with at least one ride that was assigned a person.</param>
/// <param name="Counted">Number of people that the product counted.</param>
/// <param name="Rides">Number of rides that were assigned a person.</param>
/// <param name="TruePairs">Ride pairs of one person, assigned to one person.</param>
/// <param name="FalsePairs">Ride pairs of two people, assigned to one person.</param>
/// <param name="MissedPairs">Ride pairs of one person, assigned to two.</param>
sealed record CabinScores(int Persons, int Counted, int Rides, long TruePairs, long FalsePairs, long MissedPairs)
{
    /// <summary>Of the ride pairs assigned to one person, the share of one person; null without such pairs.</summary>
    public double? Precision => Share(TruePairs, FalsePairs);

    /// <summary>Of the ride pairs of one person, the share assigned to one person; null without such pairs.</summary>
    public double? Recall => Share(TruePairs, MissedPairs);

    /// <summary>Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN); null without any pair.</summary>
    public double? F => Share(2 * TruePairs, FalsePairs + MissedPairs);

    /// <summary>(Counted - true number) / true number: above 0 when people were counted twice, below when two were merged.</summary>
    public double? CountError => Persons == 0 ? null : (double)(Counted - Persons) / Persons;

    /// <summary>Computes the scores over all ride pairs.</summary>
    /// <param name="rides">True identity and assigned person of each ride.</param>
    public static CabinScores Of(IReadOnlyCollection<(string Identity, Guid Person)> rides)
    {
        var together = rides.CountBy(r => r).Sum(g => Pairs(g.Value));
        var given = rides.CountBy(r => r.Person).ToList();
        var real = rides.CountBy(r => r.Identity).ToList();
        return new CabinScores(
            real.Count, given.Count, rides.Count, together, given.Sum(g => Pairs(g.Value)) - together,
            real.Sum(g => Pairs(g.Value)) - together);
    }

    static long Pairs(int count) => (long)count * (count - 1) / 2;

    static double? Share(long good, long bad) => good + bad == 0 ? null : (double)good / (good + bad);
}

/// <summary>A figure over several simulations: the mean, and the interval of the middle 95 %.</summary>
/// <param name="Mean">Mean; null when no simulation had a value.</param>
/// <param name="Low">2.5 % of the simulations lie below (interpolated).</param>
/// <param name="High">2.5 % lie above.</param>
readonly record struct Spread(double? Mean, double? Low, double? High)
{
    /// <summary>Summarises simulations.</summary>
    /// <param name="values">One value per simulation; nulls are left out.</param>
    public static Spread Of(IEnumerable<double?> values)
    {
        var sorted = values.OfType<double>().Order().ToList();
        return sorted.Count == 0
            ? default : new Spread(sorted.Average(), Bootstrap.Quantile(sorted, 0.025), Bootstrap.Quantile(sorted, 0.975));
    }

    /// <summary>Such as "0.930 (0.912 - 0.951)"; a dash when there is no value.</summary>
    /// <param name="digits">Decimal places.</param>
    public string ToText(int digits = 3) => new Figure(Mean, Low, High, 0).ToText(digits);
}
