using FaceAd.Core;
using FaceAd.Player.Playback;

namespace FaceAd.Tests.Player.Playback;

// Videos that fail on a screen, and a page that does.
public sealed partial class PlaybackMachineTests
{
    [Fact]
    public void Tick_VideoThatStandsStillTwiceWhileOthersPlay_IsLeftOutForADay()
    {
        var house = OnHouse();
        Assert.Empty(FailsOn(Ad, house, 1));
        Assert.Equal([Ad.CreativeId], FailsOn(Ad, PlaysThrough(), 2));

        var effects = Order(3, Ad, atEnd: false); // commanded again: the house loop goes on
        Assert.Empty(effects.OfType<Show>());
        Assert.Contains("left out", Assert.Single(effects.OfType<Note>()).Text, StringComparison.Ordinal);
        _now += FailingVideos.Rest;
        Assert.Empty(_machine.LeftOut(_now));
        Assert.Equal(Ad, Shown(Order(4, Ad, atEnd: false)).File);
    }

    [Fact]
    public void Command_ForVideoLeftOut_WaitsForNothingAtTheEndEither()
    {
        FailsOn(Ad, OnHouse(), 1);
        FailsOn(Ad, PlaysThrough(), 2);
        var house = PlaysThrough();
        Order(3, Ad, atEnd: true);
        var next = Shown(_machine.Ended(house.Id, _now, 300, _now));
        Assert.True(next.IsHouse);
        StartRun(next);
        Assert.Empty(_machine.Ready(_ready, _now).OfType<Show>()); // nothing waits
    }

    [Fact]
    public void Tick_VideoThatFailsTwiceAndPlaysBetween_StaysIn()
    {
        FailsOn(Ad, OnHouse(), 1);
        PlaysThrough();
        var ad = Shown(Order(2, Ad, atEnd: false));
        StartRun(ad);
        var house = Shown(_machine.Ended(ad.Id, _now += TimeSpan.FromSeconds(5), 150, _now));
        StartRun(house);
        Assert.Empty(FailsOn(Ad, house, 3));
    }

    [Fact]
    public void Tick_PageThatPlaysNothing_IsRestartedAgainAndAgainAndNoVideoIsBlamed()
    {
        OnHouse();
        for (var i = 0; i < 6; i++)
        {
            Assert.Single(TickFor(PagePatience.Start + PlaybackMachine.DoubtPatience + TimeSpan.FromSeconds(1)).OfType<RestartPage>());
            var run = Shown(_machine.RendererConnected(_now));
            StartRun(run);
        }
        Assert.Empty(_machine.LeftOut(_now));
    }

    [Fact]
    public void RendererLost_TwiceInTheSameVideoWhileOthersPlay_LeavesItOut()
    {
        OnHouse();
        for (var sequence = 1; sequence <= 2; sequence++)
        {
            StartRun(Shown(Order(sequence, Ad, atEnd: false)));
            _machine.RendererLost(_now += TimeSpan.FromSeconds(1));
            StartRun(Shown(_machine.RendererConnected(_now)));
            PlaysThrough();
        }
        Assert.Equal([Ad.CreativeId], _machine.LeftOut(_now));
    }

    [Fact]
    public void Tick_NextVideoThatNeverStarts_IsGivenUpAndWhatPlaysGoesOn()
    {
        var house = OnHouse();
        Order(1, Ad, atEnd: false);
        var effects = new List<PlaybackEffect>();
        for (var until = _now + PagePatience.Start + TimeSpan.FromSeconds(0.5); _now < until;)
        {
            _now += TimeSpan.FromMilliseconds(200);
            effects.AddRange(_machine.Progress(house.Id, _now, _now - Start, (int)(_now - Start).TotalSeconds * 30, _now));
        }
        // What plays goes on; the page gives up the other one.
        Assert.Equal((Ad, House1), Assert.Single(effects.OfType<Withdraw>()) is var (run, shown) ? (run.File, shown.File) : default);
        Assert.Empty(effects.OfType<Show>());
        Assert.Empty(effects.OfType<RestartPage>());
        Assert.Equal(House2, Shown(_machine.Ended(house.Id, _now, 300, _now)).File);
    }

    [Fact]
    public void RendererLost_WhileTheNextVideoLoads_BlamesThatOneAndWaitsForItOnce()
    {
        OnHouse();
        Shown(Order(1, Ad, atEnd: false));
        _machine.RendererLost(_now);
        Assert.Equal(Ad, Shown(_machine.RendererConnected(_now)).File); // perhaps it was the page
        _machine.RendererLost(_now);
        var house = Shown(_machine.RendererConnected(_now));
        Assert.True(house.IsHouse); // and perhaps not
        StartRun(house);
        PlaysThrough();
        Shown(Order(2, Ad, atEnd: false));
        _machine.RendererLost(_now);
        Assert.Equal([Ad.CreativeId], _machine.LeftOut(_now));
    }

    [Fact]
    public void Tick_FirstFramesAndNoMore_RestartsThePageAtTheThird()
    {
        OnHouse();
        var restarts = new List<RestartPage>();
        for (var i = 0; i < 3; i++)
        {
            Assert.Empty(restarts);
            var effects = TickFor(PagePatience.Frame + TimeSpan.FromSeconds(0.5));
            restarts.AddRange(effects.OfType<RestartPage>());
            if (effects.OfType<Show>().SingleOrDefault() is { } next) StartRun(next.Run);
        }
        Assert.Single(restarts);
        Assert.Empty(_machine.LeftOut(_now));
    }

    [Fact]
    public void Tick_TheWholeHouseLoopFails_OneOfItIsTriedOnceAMinuteAndNotTheStandbyForADay()
    {
        _machine.Programme(ScreenServer.ProgrammeOf([House1, Ad], [House1.CreativeId]), _now);
        _machine.Ready(new HashSet<Guid> { House1.CreativeId, Ad.CreativeId }, _now);
        StartRun(Shown(_machine.RendererConnected(_now)));
        for (var i = 1; i <= 2; i++)
        {
            _machine.Failed(_machine.Position!.Value.Run.Id, "broken", _now);
            var ad = Shown(Order(i, Ad, atEnd: false));
            StartRun(ad);
            var ended = _machine.Ended(ad.Id, _now += TimeSpan.FromSeconds(5), 150, _now);
            if (ended.OfType<Show>().SingleOrDefault() is { } house) StartRun(house.Run);
        }
        Assert.Equal([House1.CreativeId], _machine.LeftOut(_now));
        Assert.Null(_machine.Position); // standby
        var tried = TickFor(TimeSpan.FromMinutes(1) + TimeSpan.FromSeconds(1)).OfType<Show>().Select(s => s.Run.File);
        Assert.Equal([House1], tried);
    }

    // A command for a video that starts and stands still.
    IReadOnlyList<Guid> FailsOn(CreativeFile video, Run before, long sequence)
    {
        Assert.True(before.IsHouse);
        StartRun(Shown(Order(sequence, video, atEnd: false)));
        var house = Shown(TickFor(PagePatience.Frame + TimeSpan.FromSeconds(0.5)));
        Assert.True(house.IsHouse);
        StartRun(house);
        return _machine.LeftOut(_now);
    }

    // What is on the screen plays to its end, and the house loop goes on.
    Run PlaysThrough()
    {
        _now += TimeSpan.FromSeconds(10);
        var next = Shown(_machine.Ended(_machine.Position!.Value.Run.Id, _now, 300, _now));
        StartRun(next);
        return next;
    }
}
