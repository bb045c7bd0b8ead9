using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Core.Decisions.Value;
using MathNet.Numerics.Distributions;

namespace FaceAd.Web.Metrics.Forecasts;

/// <summary>
/// What a campaign can expect, from what was seen before and from what others have booked. Pure. Definitions: docs/metrics.md, "Forecast".
/// </summary>
public sealed class Forecaster
{
    /// <summary>Most campaigns in <see cref="Forecast.Rivals"/>.</summary>
    public const int MostRivals = 20;

    private readonly SnapshotCampaign _plan;
    private readonly ForecastFacts _facts;
    private readonly DateOnly _today;
    private readonly BookedCampaign _booked;
    private readonly WeeklySupply _people; // where and when it may run
    private readonly Dictionary<DateOnly, double> _taken = []; // share of its people that others have booked
    private readonly List<Rival> _rivals = [];
    private readonly double _plays; // that count for its target, by presences whose segment was seen
    private readonly double _free;
    private readonly double _deviation;
    private readonly int _periods;
    private readonly ReachForecaster? _period; // that with most of its people
    private readonly double _share; // of its people in that one

    /// <summary>Prepares forecasts of a campaign.</summary>
    /// <param name="plan">The campaign, booked or not; what it has had counts.</param>
    /// <param name="facts">What was seen.</param>
    /// <param name="others">Campaigns that are booked.</param>
    /// <param name="today">The first day that is not over.</param>
    public Forecaster(SnapshotCampaign plan, ForecastFacts facts, IEnumerable<SnapshotCampaign> others, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(others);
        (_plan, _facts, _today) = (plan, facts, today);
        _plays = facts.Exposures * facts.CountedByPerson(plan);
        _people = new WeeklySupply(facts.Supply.WeekOf(plan));
        SnapshotCampaign[] near = [.. others.Where(o => o.Id != plan.Id && o.StartsOn <= plan.EndsOn && o.EndsOn >= plan.StartsOn)];
        var table = new Bookings(facts.Supply).TableOf([.. near, plan]);
        _booked = table[table.NumberOf(plan.Id)!.Value];
        for (var number = 0; number < table.Count; number++)
        {
            if (table[number].Campaign.Id != plan.Id) Compete(table[number]);
        }
        var ahead = OnAir(from: today).ToList();
        _deviation = Deviation(ahead.Count);
        _free = Periods(ahead).Sum(FreeIn);
        var periods = Periods(OnAir(from: plan.StartsOn));
        _periods = periods.Count;
        if (periods.Sum(p => p.People) is > 0 and var whole && periods.MaxBy(p => p.People) is { } most)
            (_period, _share) = (most, most.People / whole);
    }

    /// <summary>What the campaign can expect.</summary>
    public Forecast Make()
    {
        var had = (double)_plan.TargetImpressions;
        double? goal = SharesOut ? null : _booked.Goal;
        var impressions = Estimate.Around(Part * _free, _deviation).AtMost(Math.Max(0, goal - had ?? double.PositiveInfinity))
            .Map(n => n + had);
        double CostOf(double n) => _plan.PricePerThousandKrw is { } price ? Math.Min(_plan.BudgetKrw, n * price / 1000) : _plan.BudgetKrw;
        return new Forecast
        {
            Free = Estimate.Around(_free, _deviation),
            Impressions = impressions,
            Goal = goal,
            Certainty = goal is not { } wanted ? null : wanted <= had ? 1
                : _free <= 0 ? 0 : Normal.CDF(0, _deviation / Side, Math.Log(_free / (wanted - had))),
            CostKrw = impressions.Map(CostOf),
            CpmKrw = impressions.Value < 0.5 ? null : impressions.Map(n => CostOf(n) / Math.Max(n, 0.5) * 1000),
            Reach = ReachBy(impressions),
            Periods = _periods,
            Rivals = [.. _rivals.OrderByDescending(r => r.Share).ThenBy(r => r.Campaign).Take(MostRivals)],
            Weeks = _facts.Measured,
        };
    }

    /// <summary>Reach by impressions on its target, from none to all that nobody else has booked.</summary>
    /// <param name="steps">Number of steps; one point more.</param>
    public IReadOnlyList<ReachPoint> Curve(int steps) =>
        [.. Enumerable.Range(0, steps + 1).Select(i => _free * i / steps).Select(n => new ReachPoint(n, ReachOf(n)))];

    /// <summary>Impressions on its target that reach a share of its people; null when all that are free do not.</summary>
    /// <param name="share">Reach, 0..1.</param>
    public double? ImpressionsFor(double share)
    {
        if (ReachOf(_free) is not { } most || most.Value < share) return null;
        var (low, high) = (0.0, _free);
        for (var i = 0; i < 30; i++)
        {
            var middle = (low + high) / 2;
            if (ReachOf(middle)!.Value.Value < share) low = middle;
            else high = middle;
        }
        return high;
    }

    private Estimate? ReachOf(double impressions) => ReachBy(new Estimate(impressions, impressions, impressions))?.Share;

    private ReachForecast? ReachBy(Estimate impressions) => _period?.Reach(impressions.Map(n => n * _share), _deviation);

    // What is booked by share of time, or takes its share of what comes, has no goal.
    private bool SharesOut => _booked.IsOpenEnded || SharesTime(_plan);

    private double Part => _booked.IsOpenEnded ? _booked.Goal / Math.Max(1, _booked.Curve.Whole)
        : SharesTime(_plan) ? _plan.Delivery.ShareOfVoice : 1;

    private static bool SharesTime(SnapshotCampaign campaign) =>
        campaign is { PriceModel: PriceModel.Flat, Delivery: { Goal: null, ShareOfVoice: > 0 } };

    private List<ReachForecaster> Periods(IEnumerable<DateOnly> days) =>
        [.. days.GroupBy(_facts.Calendar.EpochOf).Select(d => new ReachForecaster(_plan, _facts, _people, [.. d]))];

    // Impressions that nobody else has booked and that frequency caps allow.
    private double FreeIn(ReachForecaster period)
    {
        if (period.People <= 0) return 0;
        var free = period.Days.Sum(d => _people.Of(d) * (1 - _taken.GetValueOrDefault(d)));
        return free * _plays * period.RoomUnderCaps(free / period.People);
    }

    // Days on air from a day on.
    private IEnumerable<DateOnly> OnAir(DateOnly from) =>
        _plan.Plan.Flights.SelectMany(f => Enumerable.Range(0, f.Days).Select(f.StartsOn.AddDays))
            .Where(d => d >= from && (_plan.Days >> Dayparting.Index(d.DayOfWeek) & 1) == 1);

    /// <summary>80 % of a normal distribution lie so many deviations around its mean.</summary>
    internal const double Side = 1.2816;

    // What the weeks before differed by is what the days to come will, with a few weeks' mean in the middle (Student's t). At least as
    // much as chance alone makes, where people come in parties of 1.6; without weeks to compare, 30 %.
    private double Deviation(int days)
    {
        var weeks = _facts.WeeksOf(_plan);
        if (weeks.Length == 0 || weeks.Sum() <= 0) return Side;
        var mean = weeks.Average();
        var least = Math.Sqrt(1.6 / mean);
        var spread = weeks.Length < 2 ? 0.3 : Math.Sqrt(weeks.Sum(w => (w - mean) * (w - mean)) / (weeks.Length - 1)) / mean;
        var side = weeks.Length < 2 ? Side : StudentT.InvCDF(0, 1, weeks.Length - 1, 0.9);
        return side * Math.Max(least, spread) * Math.Sqrt((1.0 / weeks.Length) + (7.0 / Math.Max(1, days)));
    }

    // A booked goal takes its share of the people that its campaign can still have; an open end yields to goals.
    private void Compete(BookedCampaign other)
    {
        if (Both(_plan, other.Campaign) is not { } both) return;
        var (common, theirs) = (new WeeklySupply(_facts.Supply.WeekOf(both)), new WeeklySupply(_facts.Supply.WeekOf(other.Campaign)));
        var plan = other.Campaign.Plan;
        var left = 0.0;
        for (var day = plan.StartsOn > _today ? plan.StartsOn : _today; day <= plan.EndsOn; day = day.AddDays(1))
            left += plan.Contains(day) ? theirs.Of(day) : 0;
        if (left <= 0) return;
        var share = other.IsOpenEnded ? other.Goal / Math.Max(1, other.Curve.Whole)
            : SharesTime(other.Campaign) ? other.Campaign.Delivery.ShareOfVoice
            : Math.Clamp((other.Goal - other.Campaign.TargetImpressions) / (left * _plays), 0, 1);
        var (shared, whole) = (0.0, 0.0);
        foreach (var day in OnAir(_today))
        {
            whole += _people.Of(day);
            if (!plan.Contains(day) || _people.Of(day) <= 0) continue;
            var part = share * common.Of(day) / _people.Of(day);
            shared += part * _people.Of(day);
            if (!other.IsOpenEnded) _taken[day] = Math.Min(1, _taken.GetValueOrDefault(day) + part);
        }
        if (shared > 0) _rivals.Add(new Rival(other.Campaign.Id, Math.Min(1, shared / whole), other.IsOpenEnded));
    }

    // Where, when and for whom two campaigns run; null when they never meet.
    private static SnapshotCampaign? Both(SnapshotCampaign one, SnapshotCampaign other)
    {
        Segment[] targets = [.. one.Targets.Intersect(other.Targets)];
        IReadOnlyList<Guid> sites = one.SiteIds.Count == 0 ? other.SiteIds
            : other.SiteIds.Count == 0 ? one.SiteIds : [.. one.SiteIds.Intersect(other.SiteIds)];
        if (targets.Length == 0 || (sites.Count == 0 && (one.SiteIds.Count > 0 || other.SiteIds.Count > 0))) return null;
        return one with { Targets = targets, SiteIds = sites, Days = one.Days & other.Days, Hours = one.Hours & other.Hours };
    }
}
