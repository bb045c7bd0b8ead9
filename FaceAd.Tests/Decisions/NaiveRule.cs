using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Decisions;

/// <summary>The rule of the first source system for flat prices, written again without regard to speed.</summary>
internal static class NaiveRule
{
    /// <summary>The segment that decides.</summary>
    public static Segment Dominant(IEnumerable<Rider> riders)
    {
        var known = riders.Select(r => r.Presence).Where(v => v.Segments is not null).ToList();
        if (known.Count == 0) return Segment.Unknown;
        return SegmentProbabilities.Segments
            .Select(s => (
                Segment: s, Members: known.Where(v => v.Segments!.Value.Top == s).ToList(),
                Sum: Math.Round(known.Sum(v => v.Segments!.Value[s]), 6)))
            .OrderByDescending(s => s.Sum)
            .ThenByDescending(s => Math.Round(s.Members.Sum(m => m.FaceArea), 6))
            .ThenBy(s => s.Members.Select(m => m.TrackId).DefaultIfEmpty(int.MaxValue).Min())
            .First().Segment;
    }

    /// <summary>The candidates, the best one first.</summary>
    public static IReadOnlyList<Guid> Rank(IEnumerable<SnapshotCampaign> campaigns, in Cabin cabin, DateTimeOffset now)
    {
        var (site, clock, dominant) = (cabin.SiteId, cabin.Calendar.ClockAt(now), Dominant(cabin.Riders));
        var today = DateOnly.FromDateTime(clock);
        double Accrued(SnapshotCampaign c) => c.BudgetKrw * (clock - c.StartsOn.ToDateTime(default)).TotalDays
            / (c.EndsOn.DayNumber - c.StartsOn.DayNumber + 1);
        return [.. campaigns
            .Where(c => c.Targets.Contains(dominant) && c.StartsOn <= today && today <= c.EndsOn
                && (c.SiteIds.Count == 0 || c.SiteIds.Contains(site)))
            .OrderBy(c => c.Impressions != 0)
            .ThenByDescending(c => c.Impressions == 0 ? 0 : Math.Round(Accrued(c) / c.Impressions, 6))
            .ThenBy(c => c.LastPlayAt ?? DateTimeOffset.MinValue)
            .ThenBy(c => c.Id)
            .Select(c => c.Id)];
    }

    /// <summary>Campaigns at random, with many ties, some of them stopped by a gate.</summary>
    public static IReadOnlyList<SnapshotCampaign> Draw(Random random, Guid site, DateOnly today) =>
        [.. Enumerable.Range(0, random.Next(12)).Select(i => Sample.Snapshot(
            new Guid(i + 1, 0, 0, new byte[8]),
            targets: [.. SegmentProbabilities.Segments.Where(_ => random.Next(3) == 0).DefaultIfEmpty(Segment.Kids)],
            budget: random.Next(1, 4) * 100_000,
            impressions: random.Next(3) * 10,
            lastPlay: random.Next(2) == 0 ? null : Sample.Noon.AddMinutes(-random.Next(3)),
            sites: random.Next(4) == 0 ? [random.Next(2) == 0 ? site : Guid.NewGuid()] : [],
            starts: today.AddDays(random.Next(-1, 2)),
            ends: today.AddDays(random.Next(8) == 0 ? -1 : 8)))];

    /// <summary>Whether an explanation says what this rule says.</summary>
    public static bool Agrees(Explanation why)
    {
        var ranked = Rank(why.Snapshot.Campaigns, why.Cabin, why.At);
        var (cabin, clock) = (why.Cabin, why.Cabin.Calendar.ClockAt(why.At));
        return why.Dominant == Dominant(why.Cabin.Riders)
            && why.Winner?.Campaign.Id == (ranked is [var best, ..] ? best : null)
            && why.Candidates == ranked.Count
            && why.Snapshot.Campaigns
                .Where(c => CostPerImpressionPolicy.Judge(c, cabin, why.Dominant, clock, why.At).Gate == Gate.None)
                .Select(c => c.Id).ToHashSet().SetEquals(ranked);
    }
}
