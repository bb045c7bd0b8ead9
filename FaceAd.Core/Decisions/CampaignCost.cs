namespace FaceAd.Core.Decisions;

/// <summary>What had accrued of a flat price when its campaign's terms were changed.</summary>
/// <param name="At">When they were changed.</param>
/// <param name="Krw">KRW, VAT excluded; not rounded.</param>
public readonly record struct Accrual(DateTimeOffset At, decimal Krw);

/// <summary>A campaign's cost to date. Money is in KRW, VAT excluded.</summary>
public static class CampaignCost
{
    /// <summary>
    /// Share of a flat-price period that has passed, 0..1: an inclusive run of site-days, counted to the instant.
    /// Definition: docs/metrics.md, "Cost".
    /// </summary>
    /// <param name="start">First instant of the first day.</param>
    /// <param name="end">First instant after the last day.</param>
    /// <param name="now">The instant in question.</param>
    public static double ElapsedShare(DateTimeOffset start, DateTimeOffset end, DateTimeOffset now) =>
        Math.Clamp((now - start) / (end - start), 0, 1);

    /// <summary>
    /// Flat price to date of a campaign whose terms were changed while it ran: between two changes, and from the last one to the end, cost
    /// runs evenly over the time on air to what had accrued then, or to the budget. So no change alters what accrued before it.
    /// Definition: docs/metrics.md, "Cost".
    /// </summary>
    /// <param name="budgetKrw">Budget, whole KRW; not less than the last accrual.</param>
    /// <param name="plan">The campaign's days; those before a change are the same as then.</param>
    /// <param name="accruals">Its changes in order; amounts never fall.</param>
    /// <param name="calendar">The site's calendar.</param>
    /// <param name="at">The instant in question.</param>
    public static decimal OfFlat(
        long budgetKrw, FlightPlan plan, IReadOnlyList<Accrual> accruals, SiteCalendar calendar, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(accruals);
        var (share, from) = (plan.ElapsedShare(calendar, at), (Share: 0.0, Krw: 0m));
        foreach (var change in accruals)
        {
            var to = (Share: plan.ElapsedShare(calendar, change.At), change.Krw);
            if (at < change.At) return Between(from, to, share);
            from = to;
        }
        return Between(from, (1, budgetKrw), share);
    }

    private static decimal Between((double Share, decimal Krw) from, (double Share, decimal Krw) to, double share) =>
        to.Share <= from.Share ? to.Krw
        : from.Krw + ((to.Krw - from.Krw) * (decimal)Math.Clamp((share - from.Share) / (to.Share - from.Share), 0, 1));

    /// <summary>Target impressions that a price per thousand leaves room for: as many as the budget pays, at most the goal.</summary>
    /// <param name="budgetKrw">The budget, whole KRW.</param>
    /// <param name="pricePerThousandKrw">The price, above 0.</param>
    /// <param name="goal">Target impressions that were booked; null for as many as the budget pays.</param>
    public static long Bought(long budgetKrw, long pricePerThousandKrw, long? goal = null) =>
        (long)Int128.Min((Int128)budgetKrw * 1000 / pricePerThousandKrw, goal ?? long.MaxValue);

    /// <summary>
    /// What is credited of a flat price whose campaign ends with fewer target impressions than were booked, whole KRW, rounded up.
    /// Definition: docs/metrics.md, "Guarantee".
    /// </summary>
    /// <param name="budgetKrw">The price, whole KRW.</param>
    /// <param name="goal">Target impressions that were booked, at least 1.</param>
    /// <param name="delivered">Target impressions at the end.</param>
    public static long Credit(long budgetKrw, long goal, long delivered) =>
        delivered >= goal ? 0 : (long)Math.Ceiling(budgetKrw * (decimal)(goal - delivered) / goal);

    /// <summary>
    /// Cost to date. Flat price: budget x elapsed share of the period. Per thousand: price x target impressions / 1000,
    /// at most the budget. Definition: docs/metrics.md, "Cost".
    /// </summary>
    /// <param name="model">How the campaign is priced.</param>
    /// <param name="budgetKrw">Budget, whole KRW.</param>
    /// <param name="pricePerThousandKrw">Price of a thousand target impressions; ignored for a flat price.</param>
    /// <param name="elapsedShare">Share of the period that has passed, 0..1.</param>
    /// <param name="targetImpressions">Exposures to target people in measured plays.</param>
    public static decimal ToDate(
        PriceModel model, long budgetKrw, long? pricePerThousandKrw, double elapsedShare, long targetImpressions) =>
        model switch
        {
            PriceModel.Flat => budgetKrw * (decimal)elapsedShare,
            PriceModel.PerThousand => Math.Min(budgetKrw, (pricePerThousandKrw ?? 0) * (decimal)targetImpressions / 1000m),
            _ => throw new ArgumentOutOfRangeException(nameof(model), model, "Unknown price model."),
        };
}
