using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Core.Decisions.Pacing;
using MathNet.Numerics.Distributions;

namespace FaceAd.Web.Metrics.Forecasts;

/// <summary>Who a campaign will reach in one counting period, and what its frequency caps leave of it. Pure.</summary>
/// <param name="plan">The campaign.</param>
/// <param name="facts">What was seen.</param>
/// <param name="people">Presences of its target where and when it may run.</param>
/// <param name="plays">Plays that count for its target, by presence.</param>
/// <param name="days">Its days on air in the period, in order; at least one.</param>
sealed class ReachForecaster(
    SnapshotCampaign plan, ForecastFacts facts, WeeklySupply people, double plays, IReadOnlyList<DateOnly> days)
{
    // Two further sources of error, of Reach and of Universe; chosen on seeds 101 to 103 of ./bench forecast.
    private const double ModelError = 0.015;
    private const double LevelError = 0.03;

    private readonly int _window = days[^1].DayNumber - days[0].DayNumber + 1;
    private readonly double _recognised = RecognisedOf(plan, facts);
    private readonly double[] _onAir = OnAirOf(plan, facts, days);
    private readonly IReadOnlyList<VisitPattern> _patterns = facts.PatternsOf(plan, days[^1].DayNumber - days[0].DayNumber + 1);

    /// <summary>Its days on air.</summary>
    public IReadOnlyList<DateOnly> Days => days;

    /// <summary>Presences of the target where and when it may run, in these days.</summary>
    public double People { get; } = days.Sum(people.Of);

    /// <summary>Who will be reached; null when too little is known about how often people come.</summary>
    /// <param name="impressions">Impressions on its target in these days.</param>
    /// <param name="spread">Deviation of the presences to come, see <see cref="Estimate.Around"/>.</param>
    public ReachForecast? Reach(Estimate impressions, double spread)
    {
        var universe = 0.0;
        List<ReachModel> models = [.. _patterns.Select(p => new ReachModel(p))];
        foreach (var model in models)
        {
            if (model.Universe(_window) is not { } persons) return null;
            universe += persons;
        }
        if (universe < 0.5 || People <= 0) return null;
        double ReachedBy(double n) => models.Sum(m => m.Reached(new Airtime(_window, _onAir, ShareOf(n), facts.Exposures))!.Value);
        var reached = impressions.Map(ReachedBy);
        var share = reached.Value / universe;
        // Who is drawn, and the error of the model.
        var side = Forecaster.Side * Math.Sqrt((share * (1 - share) / universe) + (ModelError * ModelError));
        var shares = new Estimate(
            share, Math.Clamp((reached.Low / universe) - side, 0, 1), Math.Clamp((reached.High / universe) + side, 0, 1));
        var persons80 = Estimate.Around(universe, Math.Sqrt(
            (Forecaster.Side * Forecaster.Side * ((1 / universe) + (LevelError * LevelError))) + (spread * spread / 4)));
        return new ReachForecast(days[0], days[^1], persons80,
            new Estimate(reached.Value, persons80.Low * shares.Low, persons80.High * shares.High), shares,
            reached.Value < 0.5 ? null : new Estimate(
                _recognised * impressions.Value / reached.Value,
                Math.Max(1, _recognised * impressions.Low / Math.Max(0.5, universe * shares.High)),
                Math.Max(1, _recognised * impressions.High / Math.Max(0.5, universe * shares.Low))));
    }

    /// <summary>Share of what it could have that its frequency caps leave it, 0..1.</summary>
    /// <param name="free">Share of the plays at its presences that could be its own, 0..1.</param>
    public double RoomUnderCaps(double free)
    {
        var caps = plan.Delivery.Caps;
        if (caps.Count == 0 || _patterns.Count == 0 || People <= 0) return 1;
        var (whole, capped) = (0.0, 0.0);
        foreach (var pattern in _patterns)
        {
            for (var k = 1; k <= pattern.Most; k++)
            {
                var visits = (double)k * _window / pattern.Days;
                var all = visits * pattern.RidesADay(k) * pattern.ShareIn(k, _onAir) * facts.Exposures * free;
                whole += pattern.Persons(k) * all;
                capped += pattern.Persons(k) * caps.Min(c => Under(c, all, visits));
            }
        }
        return whole <= 0 ? 1 : (_recognised * capped / whole) + (1 - _recognised);
    }

    // Of a person's expected exposures, those that a cap allows: shorter windows than a day seldom hold anybody back.
    private double Under(FrequencyCap cap, double all, double visits)
    {
        var units = cap.Per switch
        {
            CapUnit.Day => visits,
            CapUnit.Week => _window / 7.0,
            CapUnit.Epoch => 1,
            _ => 0,
        };
        if (units <= 0) return all;
        units = Math.Max(1, units);
        return Math.Min(all, units * LeastOf(cap.Most, all / units));
    }

    // E[min(most, n)] of a Poisson number n.
    private static double LeastOf(int most, double mean)
    {
        if (mean <= 0) return 0;
        var less = 0.0;
        for (var n = 0; n < most; n++) less += (most - n) * Poisson.PMF(mean, n);
        return most - less;
    }

    // Presences whose person is recognised, of all: the others count as impressions only.
    private static double RecognisedOf(SnapshotCampaign plan, ForecastFacts facts)
    {
        var all = facts.WeeksOf(plan) is { Length: > 0 } weeks ? weeks.Average() / 7 : 0;
        return all <= 0 ? 1 : Math.Min(1, facts.RecognisedADay(plan) / all);
    }

    // The share of the plays at its presences that brings so many impressions, when frequency caps stop some of them.
    private double ShareOf(double impressions)
    {
        var wanted = impressions / (plays * People);
        if (plan.Delivery.Caps.Count == 0 || wanted >= 1) return Math.Clamp(wanted, 0, 1);
        var (low, high) = (wanted, 1.0);
        for (var i = 0; i < 20; i++)
        {
            var middle = (low + high) / 2;
            if (middle * RoomUnderCaps(middle) < wanted) low = middle;
            else high = middle;
        }
        return high;
    }

    // By hour of the day: the share of the window's presences that lie on its days on air.
    private static double[] OnAirOf(SnapshotCampaign plan, ForecastFacts facts, IReadOnlyList<DateOnly> days)
    {
        var week = facts.Supply.WeekOf(plan with { Days = Dayparting.AllDays, Hours = Dayparting.AllHours });
        var window = Enumerable.Range(0, days[^1].DayNumber - days[0].DayNumber + 1).Select(days[0].AddDays).ToList();
        return [.. Enumerable.Range(0, 24).Select(hour =>
        {
            double In(IEnumerable<DateOnly> dates) => dates.Sum(d => week[(Dayparting.Index(d.DayOfWeek) * 24) + hour]);
            return (plan.Hours >> hour & 1) == 1 && In(window) is > 0 and var whole ? In(days) / whole : 0;
        })];
    }
}
