using MathNet.Numerics.Distributions;

namespace FaceAd.Web.Metrics.Forecasts;

/// <summary>How a campaign is on air.</summary>
/// <param name="Days">Days of the window, 1 to 28.</param>
/// <param name="OnAir">By hour of the day, on which share of these days it may run then, 0..1.</param>
/// <param name="Share">Share of the plays at such a presence that are its own, 0..1.</param>
/// <param name="Exposures">Plays that a presence sees, of anything, on average.</param>
public readonly record struct Airtime(int Days, IReadOnlyList<double> OnAir, double Share, double Exposures);

/// <summary>
/// Universe and people reached of a campaign to come, from how often people came before: the thinning of what was observed.
/// A person seen on k of W days is seen on some of the T days of the window (hypergeometric), is there once or more on such a day
/// (1 + Poisson), and misses the campaign each time with the same probability. Definition: docs/metrics.md, "Forecast".
/// </summary>
/// <param name="pattern">What was observed.</param>
public sealed class ReachModel(VisitPattern pattern)
{
    /// <summary>Persons to be seen in some days; null when too few days were watched to say.</summary>
    /// <param name="days">Days, 1 to 28.</param>
    public double? Universe(int days) => Sum(days, _ => 1, newcomers: 1);

    /// <summary>Persons to be seen who are exposed at least once; null when too few days were watched to say.</summary>
    /// <param name="air">How the campaign is on air.</param>
    public double? Reached(in Airtime air)
    {
        if (Universe(air.Days) is not { } universe) return null;
        var (onAir, once) = (air.OnAir, 1 - Math.Pow(1 - air.Share, air.Exposures)); // of one presence while it is on air
        double MissOn(int k) // of one day with 1 + Poisson presences
        {
            var hit = pattern.ShareIn(k, onAir) * once;
            return (1 - hit) * Math.Exp(-(pattern.RidesADay(k) - 1) * hit);
        }
        return Math.Max(0, universe - Sum(air.Days, MissOn, newcomers: pattern.Most == 0 ? 1 : MissOn(1))!.Value);
    }

    // Sum over persons who are seen at all of miss^(days seen).
    private double? Sum(int days, Func<int, double> miss, double newcomers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(days, 1);
        var sum = 0.0;
        if (days <= pattern.Days)
        {
            for (var k = 1; k <= pattern.Most; k++)
            {
                if (pattern.Persons(k) == 0) continue;
                var (once, expected) = (miss(k), 0.0);
                for (var j = 1; j <= Math.Min(k, days); j++)
                    expected += Hypergeometric.PMF(pattern.Days, k, days, j) * Math.Pow(once, j);
                sum += pattern.Persons(k) * expected;
            }
            return sum;
        }
        // Longer than was watched: those who were seen come as often as before, and others come for the first time (Good and Toulmin
        // 1956), which nobody can tell beyond twice the days.
        var longer = (double)days / pattern.Days;
        if (longer > 2) return null;
        var fresh = 0.0;
        for (var k = 1; k <= pattern.Most; k++)
        {
            sum += pattern.Persons(k) * Math.Pow(miss(k), k == 1 ? 1 : k * longer);
            fresh -= pattern.Persons(k) * Math.Pow(1 - longer, k);
        }
        return sum + (newcomers * Math.Max(0, fresh));
    }
}
