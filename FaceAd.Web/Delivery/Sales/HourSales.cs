namespace FaceAd.Web.Delivery.Sales;

/// <summary>
/// How much of one hour of the day was sold and is sold, or of several together. Definitions: docs/metrics.md, "Fill rate", "Sell-through".
/// </summary>
/// <param name="Slots">Slots of the days looked back at.</param>
/// <param name="Filled">Those that a campaign took.</param>
/// <param name="Audience">Presences that the days ahead are likely to bring.</param>
/// <param name="Booked">Those to which a booked campaign may be shown.</param>
public readonly record struct HourSales(long Slots, long Filled, long Audience, long Booked)
{
    /// <summary>Filled / slots, 0..1; null without slots.</summary>
    public double? FillRate => Slots == 0 ? null : (double)Filled / Slots;

    /// <summary>Booked / audience, 0..1; null without an audience.</summary>
    public double? SellThrough => Audience == 0 ? null : (double)Booked / Audience;

    /// <summary>Both together.</summary>
    public static HourSales operator +(HourSales one, HourSales other) =>
        new(one.Slots + other.Slots, one.Filled + other.Filled, one.Audience + other.Audience, one.Booked + other.Booked);
}

/// <summary>What was and is sold at a building.</summary>
/// <param name="Id">The building.</param>
/// <param name="Name">Its name.</param>
/// <param name="Hours">By hour of the day, 0..23.</param>
public sealed record SiteSales(Guid Id, string Name, IReadOnlyList<HourSales> Hours)
{
    /// <summary>The whole day.</summary>
    public HourSales All => Hours.Aggregate(default(HourSales), (sum, hour) => sum + hour);
}

/// <summary>A page of buildings with what was and is sold there.</summary>
/// <param name="Sites">The buildings, by name.</param>
/// <param name="Total">How many there are in all.</param>
public sealed record SalesPage(IReadOnlyList<SiteSales> Sites, int Total);
