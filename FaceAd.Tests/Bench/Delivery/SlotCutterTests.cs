using FaceAd.Bench.Delivery;
using FaceAd.Core;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Bench.Delivery;

public sealed class SlotCutterTests
{
    private static readonly DateTimeOffset Start = SiteCalendar.Default.StartOf(SiteCalendar.DefaultAnchor).AddHours(8);

    [Fact]
    public void Cut_RideOfTwentySeconds_IsTwoSlotsAndThenNothing()
    {
        var slots = Cut([Of(0, 20, 1), Of(300, 310, 2)]);
        Assert.Equal([1200, 16_200, 301_200], slots.Select(s => (int)(s.At - Start).TotalMilliseconds));
        Assert.All(slots, s => Assert.Equal((0, 8), (s.Day, s.Hour)));
        Assert.Equal([1, 1, 2], slots.Select(s => s.Seats.Single().Person));
    }

    [Fact]
    public void Cut_SomebodyEntersWhileTheAdPlays_IsExposedAndWasNotInView()
    {
        var seats = Cut([Of(0, 16, 1), Of(10, 16, 2), Of(15.5, 16, 3)])[0].Seats;
        Assert.Equal([(1, true, true), (2, false, true), (3, false, false)], seats.Select(s => (s.Person, s.InView, s.Exposed)));
    }

    [Fact]
    public void Cut_AnyStays_SlotsFollowEachOtherAndEachHasSomebodyInView() =>
        Prop.ForAll(
            (from at in Gen.Choose(0, 600) from length in Gen.Choose(1, 90) select (at, length)).ListOf().ToArbitrary(),
            drawn =>
            {
                Stay[] stays = [.. drawn.Select((d, i) => Of(d.at, d.at + d.length, i))];
                var slots = Cut(stays);
                Assert.All(slots, s => Assert.Contains(s.Seats, x => x.InView));
                Assert.All(slots.Zip(slots.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.At));
                foreach (var stay in stays.Where(s => s.To - s.From > Slot.Length * 2))
                    Assert.Contains(slots, s => s.Seats.Any(x => x.Person == stay.Person && x.Exposed));
            }).QuickCheckThrowOnFailure();

    private static Slot[] Cut(IEnumerable<Stay> stays) =>
        [.. SlotCutter.Cut(stays, 0, 0, SiteCalendar.Default, SiteCalendar.DefaultAnchor)];

    private static Stay Of(double from, double to, int person) =>
        new(Start.AddSeconds(from), Start.AddSeconds(to), person, true, Segment.Silver, new SegmentProbabilities(0, 0, 0, 0, 0.1, 0.9));
}
