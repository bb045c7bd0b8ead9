namespace FaceAd.Core.Decisions;

/// <summary>How a campaign is priced.</summary>
public enum PriceModel
{
    /// <summary>The budget is the price of the whole period; cost accrues evenly over it.</summary>
    Flat = 0,

    /// <summary>A price per thousand target impressions, up to the budget.</summary>
    PerThousand = 1,
}
