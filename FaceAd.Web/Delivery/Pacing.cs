using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Metrics;

namespace FaceAd.Web.Delivery;

/// <summary>How a campaign's delivery compares with its plan.</summary>
public enum PacingState
{
    /// <summary>Nothing is booked.</summary>
    NotBooked = 0,

    /// <summary>Its flight has not begun.</summary>
    NotStarted = 1,

    /// <summary>A flat price buys the flight, not a number of impressions: there is no goal to be behind of.</summary>
    NoGoal = 2,

    /// <summary>Fewer target impressions are planned to date than can be judged: <see cref="CostFigures.Least"/>.</summary>
    TooEarly = 3,

    /// <summary>Within <see cref="Pacing.Tolerance"/> of the plan.</summary>
    OnTrack = 4,

    /// <summary>More has been delivered than planned.</summary>
    Ahead = 5,

    /// <summary>Less has been delivered than planned.</summary>
    Behind = 6,

    /// <summary>Everything that the budget buys has been delivered.</summary>
    Delivered = 7,

    /// <summary>Its flight is over, and the goal was missed.</summary>
    Missed = 8,

    /// <summary>Its flight is over, and there was no goal.</summary>
    Ended = 9,
}

/// <summary>
/// Whether a campaign is on track, and its three costs: committed, accrued, projected. The one place of these formulas, for page, report
/// and API. Definitions: docs/metrics.md, "Pacing" and "Cost".
/// </summary>
/// <param name="State">The answer.</param>
/// <param name="Elapsed">Share of the time on air that has passed, 0..1.</param>
/// <param name="Delivered">Target impressions to date.</param>
/// <param name="Goal">Target impressions that the budget buys at a price per thousand; null for a flat price.</param>
/// <param name="Planned">Those of them that were due by now: goal x elapsed; null for a flat price.</param>
/// <param name="Index">Delivered / planned; null for a flat price, too early, and before the flight.</param>
/// <param name="Projected">Target impressions by the end at the rate so far; at a price per thousand, the goal at most.</param>
/// <param name="LastDay">The day on which it is likely to end: the flight's last, or earlier if the budget is spent before.</param>
/// <param name="CommittedKrw">The booked budget; null when nothing is booked.</param>
/// <param name="AccruedKrw">Cost to date, whole KRW; null when nothing is booked.</param>
/// <param name="ProjectedKrw">Cost by the end at the rate so far, whole KRW.</param>
/// <param name="CreditKrw">What is credited of a flat price whose goal is missed at the end, whole KRW; before it, at the rate so far; no
/// value where no number of impressions was promised for a flat price.</param>
public sealed record Pacing(
    PacingState State, double Elapsed, long Delivered, long? Goal, double? Planned, double? Index, ShownFigure Projected, DateOnly LastDay,
    long? CommittedKrw, long? AccruedKrw, ShownFigure ProjectedKrw, ShownFigure CreditKrw)
{
    /// <summary>The least share of the goal that counts as a shortfall.</summary>
    public const double LeastShortfall = 0.02;


    /// <summary>How far delivery may be off its plan and still be on track: what chance does to the least count that is judged.</summary>
    public const double Tolerance = 0.1;

    /// <summary>Target impressions that will be missing at the end at the rate so far, or were; null if too few to speak of.</summary>
    public long? Shortfall => Goal is { } goal && Projected.Value is { } end && goal - end is var missing && missing > goal * LeastShortfall
        ? (long)missing : null;

    /// <summary>A campaign's pacing.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="calendar">Calendar of its first site.</param>
    /// <param name="now">The instant in question.</param>
    /// <param name="delivered">Its target impressions to date.</param>
    public static Pacing Of(Campaign campaign, SiteCalendar calendar, DateTimeOffset now, long delivered)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        var elapsed = campaign.Plan.ElapsedShare(calendar, now);
        var goal = campaign is { PriceModel: PriceModel.PerThousand, PricePerThousandKrw: > 0 and var price }
            ? CampaignCost.Bought(campaign.BudgetKrw, price, campaign.Delivery.Goal) : campaign.Delivery.Goal;
        var planned = goal * elapsed;
        var judged = delivered >= CostFigures.Least && elapsed > 0;
        var rate = judged ? delivered / elapsed : (double?)null;
        var end = calendar.StartOf(campaign.EndsOn.AddDays(1));
        var isBooked = CampaignSteps.IsBooked(campaign.State);
        var state = !isBooked ? PacingState.NotBooked
            : elapsed <= 0 ? PacingState.NotStarted
            : goal is null ? elapsed < 1 ? PacingState.NoGoal : PacingState.Ended
            : delivered >= goal ? PacingState.Delivered
            : elapsed >= 1 ? PacingState.Missed
            : planned < CostFigures.Least ? PacingState.TooEarly
            : delivered > planned * (1 + Tolerance) ? PacingState.Ahead
            : delivered < planned * (1 - Tolerance) ? PacingState.Behind
            : PacingState.OnTrack;
        return new Pacing(
            state, elapsed, delivered, goal, planned,
            state is PacingState.OnTrack or PacingState.Ahead or PacingState.Behind or PacingState.Missed ? delivered / planned : null,
            !isBooked ? default
                : elapsed >= 1 ? new(delivered)
                : rate is { } perFlight ? new(Math.Min(Math.Floor(perFlight), goal ?? double.MaxValue))
                : ShownFigure.No(elapsed > 0 ? NoFigure.TooEarly : NoFigure.NotBegun),
            goal < rate ? campaign.Plan.DayAt(goal.Value / rate.Value) : campaign.EndsOn,
            isBooked ? campaign.BudgetKrw : null, isBooked ? CostAt(now, delivered) : null,
            !isBooked ? default
                : campaign.PriceModel == PriceModel.Flat || elapsed >= 1 ? new(CostAt(end, delivered))
                : rate is { } expected ? new(CostAt(end, (long)expected))
                : ShownFigure.No(elapsed > 0 ? NoFigure.TooEarly : NoFigure.NotBegun),
            !isBooked || campaign.PriceModel != PriceModel.Flat || goal is not { } promised ? default
                : elapsed >= 1 ? new(CampaignCost.Credit(campaign.BudgetKrw, promised, delivered))
                : rate is { } atThisRate ? new(CampaignCost.Credit(campaign.BudgetKrw, promised, (long)atThisRate))
                : ShownFigure.No(elapsed > 0 ? NoFigure.TooEarly : NoFigure.NotBegun));

        long CostAt(DateTimeOffset at, long impressions) => Pacing.CostAt(campaign, calendar, at, impressions);
    }

    /// <summary>
    /// What a booked campaign will have cost by an instant: a flat price by time; a price per thousand at the rate so far, or as planned
    /// while it is too early to judge that. Definition: docs/metrics.md, "Revenue".
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="calendar">Calendar of its first site.</param>
    /// <param name="now">The current time.</param>
    /// <param name="delivered">Its target impressions to date.</param>
    /// <param name="at">The instant in question, not before now.</param>
    public static long ProjectedCost(Campaign campaign, SiteCalendar calendar, DateTimeOffset now, long delivered, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        var (elapsed, then) = (campaign.Plan.ElapsedShare(calendar, now), campaign.Plan.ElapsedShare(calendar, at));
        var judged = delivered >= CostFigures.Least && elapsed > 0;
        var flight = judged ? delivered / elapsed
            : campaign.PricePerThousandKrw is > 0 and var price
                ? CampaignCost.Bought(campaign.BudgetKrw, price, campaign.Delivery.Goal) : 0;
        return CostAt(campaign, calendar, at, delivered + (long)Math.Round(flight * (then - elapsed)));
    }

    private static long CostAt(Campaign campaign, SiteCalendar calendar, DateTimeOffset at, long impressions) =>
        KrwAmount.Whole((campaign.Terms with { TargetImpressions = impressions }).CostToDate(calendar, at));
}
