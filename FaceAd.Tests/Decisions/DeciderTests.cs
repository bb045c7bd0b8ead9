using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Decisions;

public sealed class DeciderTests
{
    private static readonly Guid Site = Guid.NewGuid();
    private static readonly DateOnly Today = new(2026, 3, 10);

    [Fact]
    public void Decide_NoWinner_SaysWhy()
    {
        var snapshot = Of(Sample.Snapshot(targets: [Segment.Silver]));
        Assert.Equal(DecisionReason.NobodyInView, Decide(snapshot).Reason);
        Assert.Equal(DecisionReason.SegmentUnknown, Decide(snapshot, Rider(null)).Reason);
        Assert.Equal(DecisionReason.NoMatchingCampaign, Decide(snapshot, Rider(Segment.Kids)).Reason);
        Assert.Equal(DecisionReason.Targeted, Decide(snapshot, Rider(Segment.Silver)).Reason);
    }

    [Fact]
    public void Judge_EveryCampaign_HasItsScoreOrTheGateThatStoppedIt()
    {
        var winner = Sample.Snapshot(budget: 2_000_000, impressions: 100);
        var loser = Sample.Snapshot(budget: 1_000_000, impressions: 100);
        var why = Decide(
            Of(winner, loser, Sample.Snapshot(targets: [Segment.Kids]), Sample.Snapshot(sites: [Guid.NewGuid()]),
                Sample.Snapshot() with { Hours = 1 << 3 }, Sample.Snapshot(starts: Today.AddDays(1)),
                Sample.Snapshot(ends: Today.AddDays(-1)),
                Sample.Snapshot(budget: 10_000, model: PriceModel.PerThousand, price: 5_000, impressions: 2_000, target: 2_000)),
            Rider(Segment.Men2030));
        List<Verdict> verdicts = [.. why.Snapshot.Campaigns.Select(c =>
            CostPerImpressionPolicy.Judge(c, why.Cabin, why.Dominant, Sample.Calendar.ClockAt(why.At), why.At))];
        Assert.Equal([Gate.None, Gate.None, Gate.Audience, Gate.Site, Gate.Hours, Gate.NotStarted, Gate.Ended, Gate.Budget],
            verdicts.Select(v => v.Gate));
        // Ten days of flight, 1.5 of them gone at noon of the second.
        Assert.Equal([3_000d, 1_500d], verdicts.Take(2).Select(v => v.CostPerImpressionKrw!.Value));
        Assert.All(verdicts.Skip(2), v => Assert.Null(v.CostPerImpressionKrw));
        Assert.Equal(verdicts[0], why.Winner);
        Assert.Equal(2, why.Candidates);
    }

    [Fact]
    public void Decide_AnyCabinAndCampaigns_IsTheNaiveAnswer() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        Rider[] riders = [.. Enumerable.Range(1, random.Next(5)).Select(track => Rider(
            random.Next(7) is > 0 and var s ? (Segment)s : null, Math.Round((random.NextDouble() * 0.7) + 0.3, 1),
            Math.Round(random.NextDouble(), 1), track))];
        return NaiveRule.Agrees(Decide(Of([.. NaiveRule.Draw(random, Site, Today)]), riders));
    }).QuickCheckThrowOnFailure();

    // Which persons are known changes nothing by this rule.
    [Fact]
    public void Decide_RidersRecognised_ChoosesTheSame()
    {
        var (first, second) = (Sample.Snapshot(impressions: 10), Sample.Snapshot(impressions: 20));
        var snapshot = Of(first, second);
        var known =
            Rider(Segment.Men2030) with { Person = new RecognisedPerson(Guid.NewGuid(), new Dictionary<Guid, int> { [first.Id] = 9 }) };
        var why = Decider.Decide(snapshot, new Cabin(Site, Sample.Calendar, [known]), Sample.Noon);
        Assert.Equal(Decide(snapshot, Rider(Segment.Men2030)).Winner, why.Winner);
        Assert.Equal(9, why.Cabin.Riders[0].Person!.Exposures[first.Id]);
    }

    private static DecisionSnapshot Of(params SnapshotCampaign[] campaigns) => new(Sample.Noon, campaigns, []);

    private static Explanation Decide(DecisionSnapshot snapshot, params Rider[] riders) =>
        Decider.Decide(snapshot, new Cabin(Site, Sample.Calendar, riders), Sample.Noon);

    private static Rider Rider(Segment? segment, double p = 0.9, double area = 0.02, int track = 1) =>
        new(Sample.Viewer(segment, Sample.Noon, Sample.Noon, track, p, area));
}
