using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Core.Decisions.Value;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Decisions.Value;

public sealed class GatesTests
{
    private static readonly Guid Campaign = Guid.NewGuid();
    private static readonly SnapshotCampaign Story = Sample.Snapshot(Campaign) with
    {
        Creatives = [.. Enumerable.Range(1, 3).Select(i => new SnapshotCreative(new Guid(i, 3, 0, new byte[8]), "Part", "", 1, 15))],
    };

    // Tuesday 10 March 2026, noon in Seoul; its epoch began on Monday 23 February.
    [Theory]
    [InlineData(CapUnit.Minute, 0.9, 1.1)]
    [InlineData(CapUnit.Hour, 59, 61)]
    [InlineData(CapUnit.Day, 12 * 60, (12 * 60) + 1)]
    [InlineData(CapUnit.Week, 36 * 60, (36 * 60) + 1)]
    [InlineData(CapUnit.Epoch, (15 * 24 * 60) + (12 * 60), (15 * 24 * 60) + (12 * 60) + 1)]
    public void FrequencyCap_OneInAUnitOfTime_CountsFromItsBeginning(CapUnit unit, double counts, double no)
    {
        var windows = CapWindows.At(Sample.Calendar, Sample.Noon);
        bool IsReached(double minutes) =>
            new FrequencyCap(1, unit, Hard: true).Excludes(new CampaignExposures(SeenBefore(minutes), Campaign), windows);
        Assert.True(IsReached(counts));
        Assert.False(IsReached(no));
    }

    [Fact]
    public void FrequencyCap_NotRecognised_CountsUnlessTheCampaignSaysElse()
    {
        var windows = CapWindows.At(Sample.Calendar, Sample.Noon);
        var soft = new FrequencyCap(1, CapUnit.Day, Hard: false);
        Assert.False(soft.Skips(new CampaignExposures(null, Campaign), windows));
        Assert.True((soft with { SkipsUnrecognised = true }).Skips(new CampaignExposures(null, Campaign), windows));
        Assert.True(soft.Skips(new CampaignExposures(SeenBefore(1), Campaign), windows));
        Assert.False(soft.Excludes(new CampaignExposures(SeenBefore(1), Campaign), windows));
        Assert.False((soft with { Hard = true }).Excludes(new CampaignExposures(null, Campaign), windows));
    }

    [Fact]
    public void Separation_SameCategory_WaitsForPlaysAndMinutes()
    {
        var (trail, rule) = (new CategoryTrail(), new Separation(4, 2, TimeSpan.FromMinutes(1)));
        trail.Add(4, Sample.Noon);
        Assert.True(trail.IsTooSoon(rule, Sample.Noon.AddMinutes(2)));
        trail.Add(0, Sample.Noon.AddSeconds(15));
        trail.Add(5, Sample.Noon.AddSeconds(30));
        Assert.True(trail.IsTooSoon(rule, Sample.Noon.AddSeconds(59)));
        Assert.False(trail.IsTooSoon(rule, Sample.Noon.AddSeconds(60)));
        Assert.False(trail.IsTooSoon(rule with { Category = 6 }, Sample.Noon));
    }

    [Fact]
    public void Separation_RiderSawTheCategoryElsewhere_KeepsItAway()
    {
        var rule = new Separation(4, 0, TimeSpan.FromMinutes(10));
        Assert.True(rule.Forbids(new CategoryTrail(), [SeenBefore(5, category: 4)], Sample.Noon));
        Assert.False(rule.Forbids(new CategoryTrail(), [SeenBefore(11, category: 4), null], Sample.Noon));
    }

    [Fact]
    public void Sequence_MajorityOfRiders_Decides()
    {
        SeenAds Saw(params int[] parts)
        {
            var seen = new SeenAds();
            foreach (var part in parts) seen.Add(Campaign, Story.Creatives[part].Id, 0, Sample.Noon);
            return seen;
        }
        Assert.Equal(0, Sequence.Next(Story, []));
        Assert.Equal(1, Sequence.Next(Story, [Saw(0)]));
        Assert.Equal(0, Sequence.Next(Story, [Saw(1)])); // not the first one
        Assert.Equal(1, Sequence.Next(Story, [Saw(0), null, Saw(0)]));
        Assert.Equal(0, Sequence.Next(Story, [Saw(0), null]));
        Assert.Equal(2, Sequence.Next(Story, [Saw(0, 1, 2)]));
    }

    [Fact]
    public void ChildSafety_SeveralUnlikelyChildren_AreALikelyOne()
    {
        Rider Of(double p) => new(Sample.Viewer(null, Sample.Noon, Sample.Noon, 1) with { ChildProbability = p });
        Assert.False(ChildSafety.IsChildLikely([Of(0.19)]));
        Assert.True(ChildSafety.IsChildLikely([Of(0.11), Of(0.11)]));
        Assert.False(ChildSafety.IsChildLikely([new Rider(Of(0).Presence with { ChildProbability = null })]));
    }

    [Fact]
    public void Worth_RepeatsAndEnough_FallAndEnd()
    {
        Assert.Equal([1, 0.5, 0.25], Enumerable.Range(0, 3).Select(new Worth(0.5, 0).Of));
        Assert.Equal([1.0, 1, 0], Enumerable.Range(0, 3).Select(new Worth(1, 2).Of));
    }

    private static SeenAds SeenBefore(double minutes, int category = 0)
    {
        var seen = new SeenAds();
        seen.Add(Campaign, Guid.NewGuid(), category, Sample.Noon.AddMinutes(-minutes));
        return seen;
    }
}
