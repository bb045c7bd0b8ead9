using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Decisions;

public sealed class ScreenDirectorTests
{
    private static readonly DateTimeOffset T = Sample.Noon;
    private static readonly Guid Ad = Guid.NewGuid();
    private static readonly Guid OtherAd = Guid.NewGuid();
    private readonly ScreenDirector _director = new();

    [Fact]
    public void AudienceChanged_FirstKnownSegment_DecidesNow() =>
        Assert.Equal(DecisionTiming.DecideNow, _director.AudienceChanged(Segment.Men2030, T));

    [Fact]
    public void AudienceChanged_SameSegmentAgain_DoesNothing()
    {
        _director.Decided(Segment.Men2030, Ad, T);
        Assert.Equal(DecisionTiming.None, _director.AudienceChanged(Segment.Men2030, T.AddSeconds(1)));
    }

    [Fact]
    public void AudienceChanged_AnotherSegmentTooSoon_WaitsUntilTheScreenHasSettled()
    {
        _director.Decided(Segment.Men2030, Ad, T);
        Assert.Equal(DecisionTiming.Wait, _director.AudienceChanged(Segment.Silver, T.AddSeconds(1)));
        Assert.Equal(T.AddSeconds(3), _director.AskAgainAt);
        Assert.Equal(DecisionTiming.DecideNow, _director.AudienceChanged(Segment.Silver, _director.AskAgainAt));
    }

    [Fact]
    public void AudienceChanged_EverybodyLeft_LetsThePlayEnd()
    {
        _director.Decided(Segment.Men2030, Ad, T);
        Assert.Equal(DecisionTiming.None, _director.AudienceChanged(Segment.Unknown, T.AddSeconds(9)));
    }

    [Fact]
    public void PlayEnding_SomebodyInView_DecidesWhatFollows() => Assert.Equal(DecisionTiming.DecideNext, _director.PlayEnding(true, Ad));

    [Fact]
    public void PlayEnding_EmptyCabinAfterAnAd_ReturnsToTheHouseLoopAndStartsAfresh()
    {
        _director.Decided(Segment.Men2030, Ad, T);
        Assert.Equal(DecisionTiming.DecideNext, _director.PlayEnding(false, Ad));
        _director.Decided(Segment.Unknown, null, T.AddSeconds(10));
        Assert.Equal(DecisionTiming.DecideNow, _director.AudienceChanged(Segment.Men2030, T.AddSeconds(20)));
    }

    [Fact]
    public void PlayEnding_EmptyCabinInTheHouseLoop_NeedsNoDecision() =>
        Assert.Equal(DecisionTiming.None, _director.PlayEnding(false, null));

    [Fact]
    public void Decided_SameCreative_ChangesNothing()
    {
        Assert.True(_director.Decided(Segment.Men2030, Ad, T));
        Assert.False(_director.Decided(Segment.Silver, Ad, T.AddSeconds(5)));
        Assert.True(_director.Decided(Segment.Men2030, OtherAd, T.AddSeconds(10)));
    }

    [Fact]
    public void Decided_HouseLoopAfterTheRunningPlay_LeavesTheAdOnTheScreen()
    {
        _director.Decided(Segment.Men2030, Ad, T);
        Assert.True(_director.Decided(Segment.Kids, null, takesEffectAt: null));
        Assert.Equal(Ad, _director.Showing);
        Assert.False(_director.Decided(Segment.Men2030, Ad, T.AddSeconds(5))); // back again: the same ad is not started anew
    }

    [Fact]
    public void AnyHistory_SwitchesByAudience_AreNeverCloserThanThreeSeconds() => Prop.ForAll<int>(seed =>
    {
        var (random, director, now, last) = (new Random(seed), new ScreenDirector(), T, DateTimeOffset.MinValue);
        for (var i = 0; i < 60; i++)
        {
            now = now.AddMilliseconds(random.Next(2500));
            var segment = (Segment)random.Next(7);
            if (director.AudienceChanged(segment, now) != DecisionTiming.DecideNow) continue;
            if (!director.Decided(segment, random.Next(2) == 0 ? Ad : OtherAd, now)) continue;
            if (last != DateTimeOffset.MinValue && now - last < ScreenDirector.Settle) return false;
            last = now;
        }
        return true;
    }).QuickCheckThrowOnFailure();
}
