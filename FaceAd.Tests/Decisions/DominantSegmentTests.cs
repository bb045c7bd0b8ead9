using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Decisions;

public sealed class DominantSegmentTests
{
    [Fact]
    public void Of_Nobody_IsUnknown() => Assert.Equal(Segment.Unknown, DominantSegment.Of([]));

    [Fact]
    public void Of_OnlyUnknownViewers_IsUnknown() => Assert.Equal(Segment.Unknown, DominantSegment.Of([Viewer(null), Viewer(null)]));

    [Fact]
    public void Of_UnknownAndKnown_IgnoresTheUnknown() =>
        Assert.Equal(Segment.Silver, DominantSegment.Of([Viewer(null, area: 0.5), Viewer(Segment.Silver)]));

    [Fact]
    public void Of_TwoUnsureAgainstOneSure_AddsProbabilities()
    {
        // 2 x 0.55 for women against 0.9 + 2 x 0.09 for men: the sum decides, not the head count.
        Assert.Equal(
            Segment.Women2030, DominantSegment.Of(
                [Viewer(Segment.Women2030, 0.55), Viewer(Segment.Women2030, 0.55), Viewer(Segment.Men2030, 0.9)]));
        Assert.Equal(
            Segment.Men2030, DominantSegment.Of(
                [Viewer(Segment.Women2030, 0.4), Viewer(Segment.Women2030, 0.4), Viewer(Segment.Men2030, 0.95)]));
    }

    [Fact]
    public void Of_Tie_TheLargerFaceThenTheLowerTrackWins()
    {
        Assert.Equal(
            Segment.Women4050, DominantSegment.Of(
                [Viewer(Segment.Men2030, area: 0.01, track: 1), Viewer(Segment.Women4050, area: 0.02, track: 2)]));
        Assert.Equal(Segment.Women4050, DominantSegment.Of([Viewer(Segment.Men2030, track: 2), Viewer(Segment.Women4050, track: 1)]));
    }

    [Fact]
    public void Of_AnyViewersInAnyOrder_IsTheNaiveAnswer() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var viewers = Enumerable.Range(1, random.Next(6)).Select(track => Viewer(
            random.Next(7) is > 0 and var s ? (Segment)s : null, Math.Round((random.NextDouble() * 0.7) + 0.3, 1),
            Math.Round(random.NextDouble(), 1), track)).ToList();
        var answer = DominantSegment.Of(viewers);
        return answer == NaiveRule.Dominant(viewers) && answer == DominantSegment.Of([.. viewers.OrderBy(_ => random.Next())]);
    }).QuickCheckThrowOnFailure();

    private static Rider Viewer(Segment? segment, double p = 0.9, double area = 0.02, int track = 1) =>
        new(Sample.Viewer(segment, Sample.Noon, Sample.Noon, track, p, area));
}
