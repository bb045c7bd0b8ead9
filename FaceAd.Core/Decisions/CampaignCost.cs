namespace FaceAd.Core.Decisions;

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
