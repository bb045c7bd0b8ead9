using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Pacing;

namespace FaceAd.Core.Offline;

/// <summary>
/// How much of each campaign a screen may play while it does not hear from the server. Eligibility is asked in advance, so that a player
/// needs no time zone. A slice lies within one block of time, whose beginning does not move while the block lasts: a screen that hears
/// again gets the same slices and not new ones. Pure.
/// </summary>
public static class OfflineSlices
{
    /// <summary>Slices are cut at the multiples of this, in UTC.</summary>
    public static readonly TimeSpan Block = TimeSpan.FromHours(8);

    // Every time zone is a multiple of it away from UTC, and a campaign's hours begin on the hour.
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Impressions that a play may bring, for a price per thousand or a goal: as many people as one report can hold, more than a cabin
    /// does.
    /// </summary>
    public const int ImpressionsPerPlay = AudienceReport.MaxPresences;

    /// <summary>
    /// The shares of one screen. For a price per thousand the slices of all screens together cost no more than the money that is left, and
    /// by value they bring no more than is left of a goal; every campaign's slices fit into its equal share of the screen's time, of which
    /// the house loop has one too.
    /// </summary>
    /// <param name="snapshot">The campaigns.</param>
    /// <param name="siteId">The screen's site.</param>
    /// <param name="calendar">The site's days.</param>
    /// <param name="screensOf">Number of screens at the sites of a campaign; at least 1.</param>
    /// <param name="now">The instant.</param>
    /// <param name="book">What campaigns bid, and what is left of their goals; null for the choice by cost per impression.</param>
    /// <returns>Campaigns in the order of <see cref="CostPerImpressionPolicy"/>, or the dearest first.</returns>
    public static IReadOnlyList<OfflineShare> Of(
        DecisionSnapshot snapshot, Guid siteId, SiteCalendar calendar, Func<SnapshotCampaign, int> screensOf, DateTimeOffset now,
        PacingBook? book = null)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(calendar);
        ArgumentNullException.ThrowIfNull(screensOf);
        var start = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % Block.Ticks), TimeSpan.Zero);
        var clocks = new DateTime[(int)(OfflineSchedule.Reach / Step)];
        for (var i = 0; i < clocks.Length; i++) clocks[i] = calendar.ClockAt(start + (i * Step));
        var here = snapshot.Campaigns.Where(c => Targeting.RunsAt(c.SiteIds, siteId));
        List<(SnapshotCampaign Campaign, OfflineTerms? Terms, List<(DateTimeOffset From, DateTimeOffset Until)> Runs)> chosen = [];
        var tickets = 0;
        foreach (var (campaign, its) in book is null ? ByCost(here, calendar, now) : ByBid(here, book))
        {
            var runs = RunsOf(campaign.Terms, siteId, clocks, start);
            var own = runs.Count * campaign.Creatives.Count;
            if (runs.Count == 0 || runs[^1].Until <= now || tickets + own > OfflineSchedule.MostTickets) continue;
            chosen.Add((campaign, its, runs));
            tickets += own;
            if (chosen.Count == OfflineSchedule.MostOffers) break;
        }
        var parts = chosen.Count + (snapshot.HouseLoop.Count > 0 ? 1 : 0);
        return [.. chosen.Select(c =>
        {
            var affordable = Affordable(c.Campaign, book, screensOf(c.Campaign));
            return new OfflineShare(c.Campaign, [.. Cut(c.Campaign, c.Runs, parts, affordable, now)]) { Terms = c.Terms };
        }).Where(s => s.Slices.Count > 0)];
    }

    private static IEnumerable<(SnapshotCampaign Campaign, OfflineTerms? Terms)> ByCost(
        IEnumerable<SnapshotCampaign> campaigns, SiteCalendar calendar, DateTimeOffset now)
    {
        var ranked = campaigns.Select(c => new Verdict(c, Gate.None, CostPerImpressionPolicy.CostPerImpression(c, calendar, now))).ToList();
        ranked.Sort((one, other) => CostPerImpressionPolicy.Compare(one, other));
        return ranked.Select(v => (v.Campaign, (OfflineTerms?)null));
    }

    private static IEnumerable<(SnapshotCampaign Campaign, OfflineTerms? Terms)> ByBid(
        IEnumerable<SnapshotCampaign> campaigns, PacingBook book) =>
        campaigns.Select(c => (c, Terms: book.Table.NumberOf(c.Id) is { } number ? OfflineTerms.Of(book, number) : null))
            .Where(c => c.Terms is not null).OrderByDescending(c => c.Terms!.BidKrw).ThenBy(c => c.Terms!.Campaign);

    // Plays on every one of its screens that the money left pays for and the goal has room for, whoever sees them.
    private static long Affordable(SnapshotCampaign campaign, PacingBook? book, int screens)
    {
        var room = book?.Table.NumberOf(campaign.Id) is { } number ? book.LeftOf(number) : double.PositiveInfinity;
        return Math.Min(Affordable(campaign.Terms, screens), (long)Math.Min(int.MaxValue, room / ((double)ImpressionsPerPlay * screens)));
    }

    // Without a limit for a flat price.
    private static long Affordable(in RunningTerms terms, int screens)
    {
        if (terms.PriceModel == PriceModel.Flat || terms.PricePerThousandKrw is not > 0) return int.MaxValue;
        var left = terms.BudgetKrw
            - CampaignCost.ToDate(terms.PriceModel, terms.BudgetKrw, terms.PricePerThousandKrw, 1, terms.TargetImpressions);
        return (long)Math.Min(int.MaxValue, left * 1000m / ((decimal)terms.PricePerThousandKrw.Value * ImpressionsPerPlay * screens));
    }

    // Contiguous times at which a campaign may run, cut where blocks meet.
    private static List<(DateTimeOffset From, DateTimeOffset Until)> RunsOf(
        in RunningTerms terms, Guid siteId, DateTime[] clocks, DateTimeOffset start)
    {
        List<(DateTimeOffset From, DateTimeOffset Until)> runs = [];
        for (var i = 0; i < clocks.Length; i++)
        {
            if (Eligibility.Of(terms, siteId, clocks[i]) != Gate.None) continue;
            var from = start + (i * Step);
            if (runs is [.., var last] && last.Until == from && from.UtcTicks % Block.Ticks != 0) runs[^1] = (last.From, from + Step);
            else runs.Add((from, from + Step));
        }
        return runs;
    }

    // Money by time, then each run's plays by the creatives' weights; whole numbers whose sums are exact. What has passed is not given out.
    private static IEnumerable<(Guid CreativeId, OfflineSlice Slice)> Cut(
        SnapshotCampaign campaign, List<(DateTimeOffset From, DateTimeOffset Until)> runs, int parts, long affordable, DateTimeOffset now)
    {
        long weights = campaign.Creatives.Sum(c => (long)c.Weight);
        var seconds = campaign.Creatives.Sum(c => Math.Max(1, c.Seconds) * c.Weight) / weights;
        var (gone, whole) = (0L, (long)runs.Sum(r => (r.Until - r.From).TotalMinutes));
        foreach (var (from, until) in runs)
        {
            var minutes = (long)(until - from).TotalMinutes;
            var paid = (affordable * (gone + minutes) / whole) - (affordable * gone / whole);
            gone += minutes;
            if (until <= now) continue;
            var plays = Math.Min(paid, (long)(minutes * 60 / (parts * seconds)));
            var before = 0L;
            foreach (var creative in campaign.Creatives)
            {
                var own = (plays * (before + creative.Weight) / weights) - (plays * before / weights);
                before += creative.Weight;
                if (own > 0) yield return (creative.Id, new OfflineSlice(from, until, (int)Math.Min(own, OfflineSlice.MostPlays)));
            }
        }
    }
}
