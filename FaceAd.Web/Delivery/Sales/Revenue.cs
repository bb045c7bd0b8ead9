using FaceAd.Web.Campaigns;

namespace FaceAd.Web.Delivery.Sales;

/// <summary>
/// What is earned, whole KRW, VAT excluded, before credits for missed goals, and those. Definition: docs/metrics.md, "Revenue".
/// </summary>
/// <param name="AccruedKrw">What has accrued by now.</param>
/// <param name="ProjectedKrw">What will have accrued by the end.</param>
/// <param name="CreditsKrw">Credits of campaigns that have ended; negative where flights made good for more than that.</param>
/// <param name="ProjectedCreditsKrw">These, and those of campaigns that will end, at the rate so far.</param>
public readonly record struct Earned(long AccruedKrw, long ProjectedKrw, long CreditsKrw, long ProjectedCreditsKrw)
{
    /// <summary>What has accrued, less credits.</summary>
    public long NetAccruedKrw => AccruedKrw - CreditsKrw;

    /// <summary>What will have accrued, less credits.</summary>
    public long NetProjectedKrw => ProjectedKrw - ProjectedCreditsKrw;

    /// <summary>Both together.</summary>
    public static Earned operator +(Earned one, Earned other) => new(
        one.AccruedKrw + other.AccruedKrw, one.ProjectedKrw + other.ProjectedKrw, one.CreditsKrw + other.CreditsKrw,
        one.ProjectedCreditsKrw + other.ProjectedCreditsKrw);

    /// <summary>
    /// Credits of a campaign that belong to some days: each belongs to the campaign's last day. Where a flight was added afterwards, the
    /// credit of its end replaces the settled one.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="creditKrw">The credit of its present end; null when there is none, or it cannot be told.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">The first day after the last.</param>
    public static long CreditsIn(Campaign campaign, long? creditKrw, DateOnly from, DateOnly to)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        var (sum, before) = (0L, 0L);
        foreach (var (day, krw) in (campaign.MakeGoods ?? []).Select(m => (m.EndedOn, m.SettledKrw)).Append((campaign.EndsOn, creditKrw)))
        {
            if (krw is not { } credit) continue;
            if (day >= from && day < to) sum += credit - before;
            before = credit;
        }
        return sum;
    }
}

/// <summary>What an advertiser brings this month.</summary>
/// <param name="Id">The advertiser.</param>
/// <param name="Name">Its name.</param>
/// <param name="Campaigns">Its campaigns that are on air this month.</param>
/// <param name="Month">What they bring in this month.</param>
public sealed record AdvertiserRevenue(Guid Id, string Name, int Campaigns, Earned Month);

/// <summary>The media owner's revenue of this month and the next.</summary>
/// <param name="First">The first day of this month.</param>
/// <param name="ThisMonth">This month.</param>
/// <param name="NextMonth">Next month.</param>
/// <param name="Top">The advertisers that bring most this month, at most <see cref="MostAdvertisers"/>.</param>
/// <param name="Others">The other advertisers of this month together; null when there are none. Its name is empty.</param>
/// <param name="AsPlanned">Campaigns whose projection is their plan, because it is too early to judge their rate.</param>
public sealed record Revenue(
    DateOnly First, Earned ThisMonth, Earned NextMonth, IReadOnlyList<AdvertiserRevenue> Top, AdvertiserRevenue? Others, int AsPlanned)
{
    /// <summary>The most advertisers by name.</summary>
    public const int MostAdvertisers = 5;
}
