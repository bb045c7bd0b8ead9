using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Decisions;

public sealed class CreativeTurnsTests
{
    [Fact]
    public void Next_AnyWeights_SharesAreExactAfterEveryRound() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var creatives = CreativesOf([.. Enumerable.Range(0, random.Next(2, 6)).Select(_ => random.Next(1, 13))]);
        var plays = new long[creatives.Count];
        var round = creatives.Sum(f => f.Weight);
        for (var n = 1; n <= 3 * round; n++)
        {
            var next = CreativeTurns.Next(creatives, plays);
            // The long way: the creative whose next play is the most due, that is the least (plays + 1/2) / weight.
            var naive = Enumerable.Range(0, creatives.Count).MinBy(i => (new Fraction((2 * plays[i]) + 1, creatives[i].Weight), i));
            if (next != naive) return false;
            plays[next]++;
            if (n % round == 0 && creatives.Where((f, i) => plays[i] != (long)f.Weight * n / round).Any()) return false;
        }
        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Next_FromAnyPast_CatchesUpWithTheWeights() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var creatives = CreativesOf(random.Next(1, 9), random.Next(1, 9), random.Next(1, 9));
        long[] plays = [random.Next(200), random.Next(200), random.Next(200)];
        for (var n = 0; n < 20_000; n++) plays[CreativeTurns.Next(creatives, plays)]++;
        double all = plays.Sum(), weights = creatives.Sum(f => f.Weight);
        return creatives.Select((f, i) => Math.Abs((plays[i] / all) - (f.Weight / weights))).Max() < 0.001;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Take_NothingReportedYet_DoesNotRepeatTheSameCreative()
    {
        var (turns, campaign) = (new CreativeTurns(), Campaign(2, 1));
        var taken = Enumerable.Range(0, 6).Select(i => turns.Take(campaign, Sample.Noon.AddSeconds(i)).Id).ToList();
        Assert.Equal([4, 2], campaign.Creatives.Select(c => taken.Count(t => t == c.Id)));
    }

    [Fact]
    public void Take_PlaysAreReportedLate_CountsEachOnce()
    {
        var (turns, campaign) = (new CreativeTurns(), Campaign(1, 1));
        var (a, b) = (campaign.Creatives[0], campaign.Creatives[1]);
        Assert.Equal(a.Id, turns.Take(campaign, Sample.Noon).Id);
        Assert.Equal(b.Id, turns.Take(campaign, Sample.Noon.AddSeconds(10)).Id);
        var reported = campaign with { Creatives = [a with { Plays = 1 }, b] };
        Assert.Equal(a.Id, turns.Take(reported, Sample.Noon.AddSeconds(20)).Id);
        Assert.Equal(
            b.Id, turns.Take(reported with { Creatives = [a with { Plays = 1 }, b with { Plays = 1 }] }, Sample.Noon.AddSeconds(30)).Id);
    }

    [Fact]
    public void Take_DecidedPlayNeverCame_IsGivenBackToItsCreative()
    {
        var (turns, campaign) = (new CreativeTurns(), Campaign(1, 1));
        Assert.Equal(campaign.Creatives[0].Id, turns.Take(campaign, Sample.Noon).Id);
        Assert.Equal(campaign.Creatives[0].Id, turns.Take(campaign, Sample.Noon + CreativeTurns.Patience + TimeSpan.FromSeconds(1)).Id);
    }

    [Fact]
    public void Take_OneFailsOnTheScreen_TheOthersTakeItsTurns()
    {
        var (turns, campaign) = (new CreativeTurns(), Campaign(4, 2, 1));
        var taken = Enumerable.Range(0, 6)
            .Select(i => turns.Take(campaign, Sample.Noon.AddSeconds(i), new HashSet<Guid> { campaign.Creatives[0].Id }).Id).ToList();
        Assert.Equal([0, 4, 2], campaign.Creatives.Select(c => taken.Count(t => t == c.Id)));
        var all = campaign.Creatives.Select(c => c.Id).ToHashSet();
        Assert.Contains(turns.Take(campaign, Sample.Noon, all).Id, all); // none is left: the screen says no itself
    }

    [Fact]
    public void IsEligible_HoursOfTheSite_AreItsOwnClock()
    {
        // Noon in Seoul on a Tuesday.
        var campaign = Sample.Snapshot() with { Days = 0b10, Hours = 1 << 12 };
        bool At(DateTimeOffset now) => Eligibility.Of(campaign.Terms, Guid.NewGuid(), Sample.Calendar.ClockAt(now)) == Gate.None;
        Assert.True(At(Sample.Noon));
        Assert.True(At(Sample.Noon.AddMinutes(59.9)));
        Assert.False(At(Sample.Noon.AddHours(1)));
        Assert.False(At(Sample.Noon.AddSeconds(-1)));
        Assert.False(At(Sample.Noon.AddDays(1)));
    }

    [Fact]
    public void Choose_CampaignOutsideItsHours_LeavesTheTurnToAnother()
    {
        var (night, day) = (Sample.Snapshot(budget: 9_000_000) with { Hours = 1 << 3 }, Sample.Snapshot(budget: 1_000, impressions: 50));
        var choice = CostPerImpressionPolicy.Choose(
            new DecisionSnapshot(Sample.Noon, [night, day], []), new Cabin(Guid.NewGuid(), Sample.Calendar, []),
            Segment.Men2030, Sample.Noon);
        Assert.Equal((day.Id, 1), (choice.Winner!.Value.Campaign.Id, choice.Candidates));
    }

    private static SnapshotCampaign Campaign(params int[] weights) => Sample.Snapshot() with { Creatives = CreativesOf(weights) };

    private static IReadOnlyList<SnapshotCreative> CreativesOf(params int[] weights) =>
        [.. weights.Select((w, i) =>
            new SnapshotCreative(new Guid(i + 1, 0, 0, new byte[8]), "Creative", new string('a', 64), 1, 10) { Weight = w })];

    private readonly record struct Fraction(long Over, long Under) : IComparable<Fraction>
    {
        public int CompareTo(Fraction other) => ((decimal)Over / Under).CompareTo((decimal)other.Over / other.Under);
    }
}
