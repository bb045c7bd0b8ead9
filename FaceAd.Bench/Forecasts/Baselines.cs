using FaceAd.Core.Decisions;
using FaceAd.Web.Metrics.Forecasts;
using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace FaceAd.Bench.Forecasts;

/// <summary>How others forecast Reach: by a distribution of exposures over persons, fitted to how often they came.</summary>
static class Baselines
{
    /// <summary>
    /// Negative binomial (Ehrenberg): exposures are Poisson, their means gamma distributed as the rides were. Reach = 1 - (1 + m/k)^-k.
    /// </summary>
    /// <param name="patterns">How often people came.</param>
    /// <param name="mean">Exposures of a person, on average.</param>
    public static double NegativeBinomial(IReadOnlyList<VisitPattern> patterns, double mean)
    {
        var (persons, sum, squares) = (0.0, 0.0, 0.0);
        foreach (var (count, rides) in Rides(patterns))
        {
            persons += count;
            sum += count * rides;
            squares += count * rides * rides;
        }
        var average = sum / persons;
        var variance = (squares / persons) - (average * average);
        if (variance <= average) return 1 - Math.Exp(-mean);
        var k = average * average / (variance - average);
        return 1 - Math.Pow(1 + (mean / k), -k);
    }

    /// <summary>
    /// Beta-binomial (Metheringham): each of n opportunities is seen with a probability of the person's own, beta distributed as the days
    /// on which people came.
    /// </summary>
    /// <param name="patterns">How often people came.</param>
    /// <param name="mean">Exposures of a person, on average.</param>
    /// <param name="days">Days of the flight.</param>
    public static double BetaBinomial(IReadOnlyList<VisitPattern> patterns, double mean, int days)
    {
        var (persons, sum, squares) = (0.0, 0.0, 0.0);
        foreach (var pattern in patterns)
        {
            for (var k = 1; k <= pattern.Most; k++)
            {
                var share = (double)k / pattern.Days;
                persons += pattern.Persons(k);
                sum += pattern.Persons(k) * share;
                squares += pattern.Persons(k) * share * share;
            }
        }
        var (average, variance) = (sum / persons, (squares / persons) - (sum / persons * sum / persons));
        var weight = (average * (1 - average) / variance) - 1;
        // Of the opportunities of a day, a share is its own, so that the mean fits.
        var hit = Math.Min(0.999, mean / (days * average));
        var beta = new Beta(average * weight, (1 - average) * weight);
        return 1 - Integrate.OnClosedInterval(p => beta.Density(p) * Math.Pow(1 - (p * hit), days), 1e-6, 1 - 1e-6, 1e-8);
    }

    static IEnumerable<(double Persons, double Rides)> Rides(IReadOnlyList<VisitPattern> patterns) =>
        patterns.SelectMany(p => Enumerable.Range(1, p.Most).Select(k => ((double)p.Persons(k), k * p.RidesADay(k))));

    /// <summary>The patterns that a forecast of a campaign goes by.</summary>
    public static IReadOnlyList<VisitPattern> PatternsOf(ForecastFacts facts, SnapshotCampaign plan) =>
        facts.PatternsOf(plan, plan.EndsOn.DayNumber - plan.StartsOn.DayNumber + 1);
}
