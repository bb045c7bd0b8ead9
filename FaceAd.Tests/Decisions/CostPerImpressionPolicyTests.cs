using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Decisions;

public sealed class CostPerImpressionPolicyTests
{
    private static readonly Guid Site = Guid.NewGuid();

    [Fact]
    public void Choose_NoCampaignForTheSegment_IsNothing() =>
        Assert.Null(Choose(Segment.Women2030, Sample.Snapshot(targets: [Segment.Men2030])).Winner);

    [Fact]
    public void Choose_UnknownSegment_IsNothing() => Assert.Null(Choose(Segment.Unknown, Sample.Snapshot()).Winner);

    [Fact]
    public void Choose_SeveralCampaigns_TakesTheHighestAccruedBudgetPerImpression()
    {
        var cheap = Sample.Snapshot(budget: 1_000_000, impressions: 100);
        var dear = Sample.Snapshot(budget: 3_000_000, impressions: 200);
        var choice = Choose(Segment.Men2030, cheap, dear, Sample.Snapshot(budget: 9_000_000, targets: [Segment.Kids]));
        Assert.Equal(dear.Id, choice.Winner!.Value.Campaign.Id);
        Assert.Equal(2, choice.Candidates);
        // Ten days of flight, 1.5 of them gone at noon of the second: KRW 450,000 over 200 impressions.
        Assert.Equal(2250, choice.Winner!.Value.CostPerImpressionKrw!.Value, 6);
    }

    [Fact]
    public void Choose_CampaignWithoutImpressions_ComesFirst()
    {
        var fresh = Sample.Snapshot(budget: 1);
        Assert.Equal(
            fresh.Id, Choose(Segment.Men2030, Sample.Snapshot(budget: 9_000_000, impressions: 1), fresh).Winner!.Value.Campaign.Id);
    }

    [Fact]
    public void Choose_Tie_TakesTheOldestLastPlayThenTheLowerId()
    {
        var (low, high) = (new Guid("00000000-0000-0000-0000-000000000001"), new Guid("00000000-0000-0000-0000-000000000002"));
        var recent = Sample.Snapshot(low, lastPlay: Sample.Noon);
        var older = Sample.Snapshot(high, lastPlay: Sample.Noon.AddMinutes(-1));
        Assert.Equal(high, Choose(Segment.Men2030, recent, older).Winner!.Value.Campaign.Id);
        Assert.Equal(high, Choose(Segment.Men2030, recent, Sample.Snapshot(high)).Winner!.Value.Campaign.Id); // never played
        Assert.Equal(low, Choose(Segment.Men2030, Sample.Snapshot(high), Sample.Snapshot(low)).Winner!.Value.Campaign.Id);
    }

    [Fact]
    public void Choose_OutsideItsDaysOrSites_IsNotEligible()
    {
        Assert.Null(Choose(Segment.Men2030, Sample.Snapshot(starts: new DateOnly(2026, 3, 11))).Winner);
        Assert.Null(Choose(Segment.Men2030, Sample.Snapshot(starts: new DateOnly(2026, 3, 1), ends: new DateOnly(2026, 3, 9))).Winner);
        Assert.Null(Choose(Segment.Men2030, Sample.Snapshot(sites: [Guid.NewGuid()])).Winner);
        Assert.NotNull(
            Choose(Segment.Men2030,
                Sample.Snapshot(sites: [Site], starts: new DateOnly(2026, 3, 10), ends: new DateOnly(2026, 3, 10))).Winner);
    }

    [Fact]
    public void Choose_PerThousandBudgetSpent_IsNotEligible()
    {
        SnapshotCampaign At(long impressions) => Sample.Snapshot(
            budget: 10_000, model: PriceModel.PerThousand, price: 5_000, impressions: impressions, target: impressions);
        Assert.NotNull(Choose(Segment.Men2030, At(1_999)).Winner);
        Assert.Null(Choose(Segment.Men2030, At(2_000)).Winner);
    }

    [Fact]
    public void Choose_AnyCampaignsInAnyOrder_IsTheNaiveAnswer() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var campaigns = Enumerable.Range(0, random.Next(8)).Select(i => Sample.Snapshot(
            new Guid(i, 0, 0, new byte[8]),
            targets: random.Next(2) == 0 ? [Segment.Men2030] : [Segment.Men2030, Segment.Silver],
            budget: random.Next(1, 4) * 100_000,
            impressions: random.Next(3) * 10,
            lastPlay: random.Next(2) == 0 ? null : Sample.Noon.AddMinutes(-random.Next(3)),
            starts: new DateOnly(2026, 3, random.Next(9, 12)))).ToArray();
        var segment = random.Next(2) == 0 ? Segment.Men2030 : Segment.Silver;
        return Choose(segment, campaigns).Winner?.Campaign.Id == Naive(segment, campaigns)
            && Choose(segment, [.. campaigns.Reverse()]).Winner?.Campaign.Id == Naive(segment, campaigns);
    }).QuickCheckThrowOnFailure();

    private static Guid? Naive(Segment segment, SnapshotCampaign[] campaigns)
    {
        var today = new DateOnly(2026, 3, 10);
        double Elapsed(SnapshotCampaign c) =>
            Math.Clamp((today.DayNumber - c.StartsOn.DayNumber + 0.5) / (c.EndsOn.DayNumber - c.StartsOn.DayNumber + 1), 0, 1);
        return campaigns.Where(c => c.Targets.Contains(segment) && c.StartsOn <= today && c.EndsOn >= today)
            .OrderBy(c => c.Impressions != 0)
            .ThenByDescending(c => c.Impressions == 0 ? 0 : Math.Round(c.BudgetKrw * Elapsed(c) / c.Impressions, 6))
            .ThenBy(c => c.LastPlayAt ?? DateTimeOffset.MinValue)
            .ThenBy(c => c.Id)
            .Select(c => (Guid?)c.Id).FirstOrDefault();
    }

    private static (Verdict? Winner, int Candidates) Choose(Segment segment, params SnapshotCampaign[] campaigns) =>
        CostPerImpressionPolicy.Choose(
            new DecisionSnapshot(Sample.Noon, campaigns, []), new Cabin(Site, Sample.Calendar, []), segment, Sample.Noon);
}
