using FaceAd.Tests.Support;
using FaceAd.Web.Plays;

namespace FaceAd.Tests.Plays;

public sealed class ScreenTimelineTests
{
    private readonly ScreenTimeline _timeline = new();

    [Theory]
    [InlineData(0, 10, true)] // itself again
    [InlineData(2, 3, true)] // within
    [InlineData(-5, 20, true)] // around
    [InlineData(5, 15, true)]
    [InlineData(-5, 5, true)]
    [InlineData(10, 20, false)] // end to end
    [InlineData(-10, 0, false)]
    [InlineData(9, 19, false)] // the last frame was told late
    [InlineData(8.9, 19, true)]
    [InlineData(9.2, 9.4, false)] // so it was, and then another followed soon
    [InlineData(8.5, 8.7, true)]
    [InlineData(5, 5, true)] // one frame
    [InlineData(10, 10, false)]
    public void Overlaps_BesideAPlayOfTenSeconds_Expected(double from, double to, bool overlaps)
    {
        _timeline.Add(At(0), At(10));
        Assert.Equal(overlaps, _timeline.Overlaps(At(from), At(to)));
    }

    [Fact]
    public void Overlaps_ManyPlaysAddedInAnyOrder_TheGapsAreFreeAndNothingElse()
    {
        var random = new Random(3);
        foreach (var play in Enumerable.Range(0, 200).OrderBy(_ => random.Next())) _timeline.Add(At(20 * play), At((20 * play) + 10));
        for (var play = 0; play < 200; play++)
        {
            Assert.False(_timeline.Overlaps(At((20 * play) + 10), At(20 * (play + 1))));
            Assert.True(_timeline.Overlaps(At((20 * play) + 4), At((20 * play) + 12)));
            Assert.Equal(play < 199, _timeline.Overlaps(At((20 * play) + 16), At((20 * play) + 24)));
        }
    }

    [Fact]
    public void Overlaps_PlaysOfNoLengthAtOneInstant_AreTwo()
    {
        _timeline.Add(At(0), At(0));
        Assert.True(_timeline.Overlaps(At(0), At(0)));
        Assert.False(_timeline.Overlaps(At(0.1), At(0.1)));
    }

    private static DateTimeOffset At(double seconds) => Sample.Noon.AddSeconds(seconds);
}
