namespace FaceAd.Core.Decisions;

/// <summary>The terms of a campaign that decide where and when it may run.</summary>
/// <param name="SiteIds">Sites it is booked for; empty for all.</param>
/// <param name="Plan">Its flights.</param>
/// <param name="Days">Days of the week, see <see cref="Dayparting"/>.</param>
/// <param name="Hours">Hours of the day, see <see cref="Dayparting"/>.</param>
/// <param name="PriceModel">How it is priced.</param>
/// <param name="BudgetKrw">Budget in whole KRW.</param>
/// <param name="PricePerThousandKrw">Price per thousand target impressions in whole KRW; null for a flat price.</param>
/// <param name="TargetImpressions">Exposures to its targets so far.</param>
public readonly record struct RunningTerms(
    IReadOnlyList<Guid> SiteIds, FlightPlan Plan, int Days, int Hours, PriceModel PriceModel, long BudgetKrw, long? PricePerThousandKrw,
    long TargetImpressions)
{
    /// <summary>What had accrued of a flat price at each change of its terms, in order; null without any.</summary>
    public IReadOnlyList<Accrual>? Accruals { get; init; }

    /// <summary>
    /// Target impressions that are booked: at a price per thousand no more are charged. Null for as many as the budget buys.
    /// </summary>
    public long? Goal { get; init; }

    /// <summary>Cost to date, KRW, VAT excluded. Definition: docs/metrics.md, "Cost".</summary>
    /// <param name="calendar">The site's days.</param>
    /// <param name="at">The instant asked for; a price per thousand goes by <see cref="TargetImpressions"/> instead.</param>
    public decimal CostToDate(SiteCalendar calendar, DateTimeOffset at) =>
        PriceModel == PriceModel.Flat && Accruals is { Count: > 0 } accruals ? CampaignCost.OfFlat(BudgetKrw, Plan, accruals, calendar, at)
        : CampaignCost.ToDate(
            PriceModel, BudgetKrw, PricePerThousandKrw, Plan.ElapsedShare(calendar, at),
            Math.Min(TargetImpressions, Goal ?? long.MaxValue));

    /// <summary>Whether delivery has spent the budget; a flat price is spent by time, never before its last day.</summary>
    public bool IsSpent =>
        PriceModel != PriceModel.Flat && CampaignCost.ToDate(PriceModel, BudgetKrw, PricePerThousandKrw, 1, TargetImpressions) >= BudgetKrw;

    /// <summary>Budget accrued to date by impressions to date in KRW; null at zero impressions.</summary>
    /// <param name="impressions">Exposures so far, repeats included.</param>
    /// <param name="calendar">The site's days.</param>
    /// <param name="now">The instant asked for.</param>
    public double? CostPerImpression(long impressions, SiteCalendar calendar, DateTimeOffset now) => impressions == 0 ? null
        : (double)CostToDate(calendar, now) / impressions;
}
