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
    private readonly Dictionary<DateOnly, Taken> _taken = [];
    private readonly List<Rival> _rivals = [];
    private readonly double _plays; // that count for its target, by presences whose segment was seen
    private readonly double _free; // that nobody else has booked
    private readonly double _within; // that it can have, beside the others
    private readonly double _most; // were all of its people its goal
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
        var coming = Periods(ahead);
        var people = ahead.Sum(_people.Of) * _plays;
        var wish = people <= 0 ? 0 : Math.Clamp((_booked.Goal - plan.TargetImpressions) / people, 0, 1);
        _free = coming.Sum(p => ImpressionsOf(p, wish: 0));
        _within = SharesOut ? Part * _free : coming.Sum(p => ImpressionsOf(p, wish));
        _most = coming.Sum(p => ImpressionsOf(p, wish: 1));
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
        var impressions = Estimate.Around(_within, _deviation).AtMost(Math.Max(0, goal - had ?? double.PositiveInfinity))
            .Map(n => n + had);
        double CostOf(double n) => _plan.PricePerThousandKrw is { } price ? Math.Min(_plan.BudgetKrw, n * price / 1000) : _plan.BudgetKrw;
        return new Forecast
        {
            Free = Estimate.Around(_free, _deviation),
            Impressions = impressions,
            Goal = goal,
            Certainty = goal is not { } wanted ? null : wanted <= had ? 1
                : _within <= 0 ? 0 : Normal.CDF(0, _deviation / Side, Math.Log(_within / (wanted - had))),
            CostKrw = impressions.Map(CostOf),
            CpmKrw = impressions.Value < 0.5 ? null : impressions.Map(n => CostOf(n) / Math.Max(n, 0.5) * 1000),
            Reach = ReachBy(impressions),
            Periods = _periods,
            Rivals = [.. _rivals.OrderByDescending(r => r.Share).ThenBy(r => r.Campaign).Take(MostRivals)],
            Weeks = _facts.Measured,
        };
    }

    /// <summary>Reach by impressions on its target, from none to all that it can have.</summary>
    /// <param name="steps">Number of steps; one point more.</param>
    public IReadOnlyList<ReachPoint> Curve(int steps) =>
        [.. Enumerable.Range(0, steps + 1).Select(i => _most * i / steps).Select(n => new ReachPoint(n, ReachOf(n)))];

    /// <summary>Impressions on its target that reach a share of its people; null when all that it can have do not.</summary>
    /// <param name="share">Reach, 0..1.</param>
    public double? ImpressionsFor(double share)
    {
        if (ReachOf(_most) is not { } most || most.Value < share) return null;
        var (low, high) = (0.0, _most);
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
        [.. days.GroupBy(_facts.Calendar.EpochOf).Select(d => new ReachForecaster(_plan, _facts, _people, _plays, [.. d]))];

    // Impressions that can be had in a period, as far as frequency caps allow it.
    private double ImpressionsOf(ReachForecaster period, double wish)
    {
        if (period.People <= 0) return 0;
        var people = period.Days.Sum(d => _people.Of(d) * _taken.GetValueOrDefault(d).Leaves(wish));
        return people * _plays * period.RoomUnderCaps(people / period.People);
    }

    // Shares of its people that others have booked on a day, by what they pay for an impression; together above 1 when it is oversold.
    private readonly record struct Taken(double More, double Alike, double Less)
    {
        private const double Same = 1.02; // prices this close take turns

        public Taken Add(double share, double price) => price > Same ? this with { More = More + share }
            : price > 1 / Same ? this with { Alike = Alike + share } : this with { Less = Less + share };

        // What nobody has booked; where more is wished for, the dearest are served first, and the alike share as they wish.
        public double Leaves(double wish)
        {
            var free = Math.Max(0, 1 - More - Alike - Less);
            return wish <= 0 ? free : Math.Max(free, Math.Max(0, 1 - More) * Math.Max(wish / (wish + Alike), 1 - Alike));
        }
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

    // A booked goal takes its share of the plays before the people that its campaign can still have, and so of the plays before anybody who
    // rides with them; an open end yields to goals.
    private void Compete(BookedCampaign other)
    {
        if (Meet(_plan, other.Campaign) is not { } place) return;
        WeeklySupply Of(IEnumerable<Segment> targets) => new(_facts.Supply.WeekOf(place with { Targets = [.. targets] }));
        var (mine, common) = (Of(_plan.Targets), Of(_plan.Targets.Intersect(other.Campaign.Targets)));
        var (theirs, all) = (Of(other.Campaign.Targets.Except(_plan.Targets)), Of(SegmentProbabilities.Segments));
        var share = ShareOf(other);
        var (shared, whole) = (0.0, 0.0);
        foreach (var day in OnAir(_today))
        {
            whole += _people.Of(day);
            if (!other.Campaign.Plan.Contains(day) || _people.Of(day) <= 0) continue;
            shared += share * common.Of(day);
            // Whether one of theirs is among those who ride with one of mine.
            var beside = 1 - Math.Pow(1 - (theirs.Of(day) / Math.Max(1e-9, all.Of(day))), _facts.Companions);
            var part = share * (common.Of(day) + (beside * (mine.Of(day) - common.Of(day)))) / _people.Of(day);
            if (!other.IsOpenEnded) _taken[day] = _taken.GetValueOrDefault(day).Add(part, other.PriceKrw / _booked.PriceKrw);
        }
        if (shared > 0) _rivals.Add(new Rival(other.Campaign.Id, Math.Min(1, shared / whole), other.IsOpenEnded));
    }

    // The share of its people's plays that a campaign needs from now on.
    private double ShareOf(BookedCampaign other)
    {
        if (other.IsOpenEnded) return other.Goal / Math.Max(1, other.Curve.Whole);
        if (SharesTime(other.Campaign)) return other.Campaign.Delivery.ShareOfVoice;
        var (plan, people) = (other.Campaign.Plan, new WeeklySupply(_facts.Supply.WeekOf(other.Campaign)));
        var left = 0.0;
        for (var day = plan.StartsOn > _today ? plan.StartsOn : _today; day <= plan.EndsOn; day = day.AddDays(1))
            left += plan.Contains(day) ? people.Of(day) : 0;
        return left <= 0 ? 0 : Math.Clamp((other.Goal - other.Campaign.TargetImpressions) / (left * _plays), 0, 1);
    }

    // Where and when two campaigns run; null when they never meet.
    private static SnapshotCampaign? Meet(SnapshotCampaign one, SnapshotCampaign other)
    {
        IReadOnlyList<Guid> sites = one.SiteIds.Count == 0 ? other.SiteIds
            : other.SiteIds.Count == 0 ? one.SiteIds : [.. one.SiteIds.Intersect(other.SiteIds)];
        var (days, hours) = (one.Days & other.Days, one.Hours & other.Hours);
        return days == 0 || hours == 0 || (sites.Count == 0 && one.SiteIds.Count + other.SiteIds.Count > 0) ? null
            : one with { SiteIds = sites, Days = days, Hours = hours };
    }
}
