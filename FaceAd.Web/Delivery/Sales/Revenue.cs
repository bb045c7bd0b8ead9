namespace FaceAd.Web.Delivery.Sales;

/// <summary>Revenue of a month, whole KRW, VAT excluded. Definition: docs/metrics.md, "Revenue".</summary>
/// <param name="First">The month's first day.</param>
/// <param name="AccruedKrw">What has accrued in it by now.</param>
/// <param name="ProjectedKrw">What will have accrued in it by its end.</param>
public readonly record struct MonthRevenue(DateOnly First, long AccruedKrw, long ProjectedKrw);

/// <summary>What an advertiser brings this month.</summary>
/// <param name="Id">The advertiser.</param>
/// <param name="Name">Its name.</param>
/// <param name="Campaigns">Its campaigns that are on air this month.</param>
/// <param name="AccruedKrw">Accrued by now.</param>
/// <param name="ProjectedKrw">By the end of the month.</param>
public sealed record AdvertiserRevenue(Guid Id, string Name, int Campaigns, long AccruedKrw, long ProjectedKrw);

/// <summary>The media owner's revenue of this month and the next.</summary>
/// <param name="ThisMonth">This month.</param>
/// <param name="NextMonth">Next month.</param>
/// <param name="Top">The advertisers that bring most this month, at most <see cref="MostAdvertisers"/>.</param>
/// <param name="Others">The other advertisers of this month together; null when there are none. Its name is empty.</param>
/// <param name="AsPlanned">Campaigns whose projection is their plan, because it is too early to judge their rate.</param>
public sealed record Revenue(
    MonthRevenue ThisMonth, MonthRevenue NextMonth, IReadOnlyList<AdvertiserRevenue> Top, AdvertiserRevenue? Others, int AsPlanned)
{
    /// <summary>The most advertisers by name.</summary>
    public const int MostAdvertisers = 5;
}
