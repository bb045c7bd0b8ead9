using System.Security.Cryptography;
using System.Text;
using FaceAd.Core;
using FaceAd.Core.Offline;
using FaceAd.Player.Playback;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Player.Playback;

public sealed partial class PlaybackMachineTests
{
    static readonly DateTimeOffset Start = new(2026, 5, 1, 9, 0, 0, TimeSpan.Zero);
    static readonly CreativeFile House1 = File("house 1", 10), House2 = File("house 2", 10), Ad = File("ad", 5), Other = File("other", 5);

    readonly PlaybackMachine _machine;
    DateTimeOffset _now = Start;
    OfflinePlay? _alone; // what the schedule says

    public PlaybackMachineTests() => _machine = new(Guid.NewGuid, (_, _) => _alone);

    static OfflinePlay Alone(CreativeFile creative) => new(Guid.NewGuid(), new OfflineTicket(Guid.NewGuid(), creative.CreativeId));

    static CreativeFile File(string name, double seconds) =>
        new(Guid.NewGuid(), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name))), 1, seconds, name);

    IReadOnlySet<Guid> _ready = new HashSet<Guid>();

    void Begin(params CreativeFile[] ready)
    {
        _ready = ready.Select(r => r.CreativeId).ToHashSet();
        _machine.Programme(ScreenServer.ProgrammeOf([House1, House2, Ad, Other], [House1.CreativeId, House2.CreativeId]), _now);
        _machine.Ready(_ready, _now);
    }

    static Run Shown(IEnumerable<PlaybackEffect> effects) => Assert.Single(effects.OfType<Show>()).Run;

    IReadOnlyList<PlaybackEffect> Order(long sequence, CreativeFile? creative, bool atEnd) =>
        _machine.Command(new PlayCommand(sequence, Guid.NewGuid(), creative?.CreativeId, atEnd, _now), _now);

    IReadOnlyList<PlaybackEffect> StartRun(Run run) => _machine.Started(run.Id, _now, null, _now);

    List<PlaybackEffect> TickFor(TimeSpan time)
    {
        var effects = new List<PlaybackEffect>();
        for (var until = _now + time; _now < until;) effects.AddRange(_machine.Tick(_now += TimeSpan.FromMilliseconds(200)));
        return effects;
    }

    Run OnHouse()
    {
        Begin(House1, House2, Ad);
        var run = Shown(_machine.RendererConnected(_now));
        StartRun(run);
        return run;
    }

    [Fact]
    public void HouseLoop_NothingCommanded_Rotates()
    {
        var first = OnHouse();
        Assert.Equal(House1, first.File);
        var second = Shown(_machine.Ended(first.Id, _now, 150, _now));
        Assert.Equal(House2, second.File);
        StartRun(second);
        Assert.Equal(House1, Shown(_machine.Ended(second.Id, _now, 150, _now)).File);
    }

    [Fact]
    public void Command_AtOnce_InterruptsAtTheFirstFrameOfTheNew()
    {
        OnHouse();
        _now += TimeSpan.FromSeconds(3);
        var run = Shown(Order(1, Ad, atEnd: false));
        _now += TimeSpan.FromMilliseconds(80);
        var ended = Assert.Single(StartRun(run).OfType<PlayEnded>());
        Assert.Equal((PlayEnd.Interrupted, Start, _now), (ended.End, ended.StartedAt, ended.EndedAt));
    }

    [Fact]
    public void Command_AtEnd_WaitsForTheEndAndIsFollowedByTheHouseLoop()
    {
        var house = OnHouse();
        Assert.Empty(Order(1, Ad, atEnd: true).OfType<Show>());
        var effects = _machine.Ended(house.Id, _now, 150, _now);
        Assert.Equal(PlayEnd.Completed, Assert.Single(effects.OfType<PlayEnded>()).End);
        var ad = Shown(effects);
        Assert.Equal(Ad, ad.File);
        StartRun(ad);
        Assert.True(Shown(_machine.Ended(ad.Id, _now, 75, _now)).IsHouse);
    }

    [Fact]
    public void Command_NotInTheCache_KeepsTheScreenAndPlaysWhenItArrivesUnlessSuperseded()
    {
        OnHouse();
        Assert.Empty(Order(1, Other, atEnd: false).OfType<Show>());
        Assert.Equal(Other, Shown(_machine.Ready(new HashSet<Guid> { House1.CreativeId, Other.CreativeId }, _now)).File);

        Order(2, File("unknown", 3), atEnd: false);
        Order(3, null, atEnd: true);
        Assert.Empty(_machine.Ready(new HashSet<Guid> { House1.CreativeId, Other.CreativeId }, _now).OfType<Show>());
    }

    [Fact]
    public void Ready_TheCommandHasLapsedMeanwhile_TheHouseLoopGoesOn()
    {
        var house = OnHouse();
        Order(1, Other, atEnd: false);
        _now += PlayCommand.Lifetime + TimeSpan.FromSeconds(1);
        Assert.Empty(_machine.Ready(new HashSet<Guid> { House1.CreativeId, Other.CreativeId }, _now).OfType<Show>());
        Assert.Equal(House1, Shown(_machine.Ended(house.Id, _now, 150, _now)).File);
    }

    [Fact]
    public void Command_OlderSequence_IsIgnored()
    {
        OnHouse();
        Order(5, null, atEnd: true);
        Assert.DoesNotContain(Order(5, Ad, atEnd: false), e => e is Show or Acknowledge);
        Assert.DoesNotContain(Order(4, Ad, atEnd: false), e => e is Show or Acknowledge);
    }

    [Fact]
    public void Command_FirstOfAConnection_CountsWhateverItsSequenceUnlessItIsTheLatestSentAgain()
    {
        OnHouse();
        var latest = new PlayCommand(900, Guid.NewGuid(), Ad.CreativeId, AtEnd: false, _now);
        Shown(_machine.Command(latest, _now));
        _machine.Order.Connecting();
        var again = _machine.Command(latest, _now);
        Assert.Equal(900, Assert.Single(again.OfType<Acknowledge>()).Sequence);
        Assert.Empty(again.OfType<Show>());
        Assert.Empty(Order(899, Ad, atEnd: false).OfType<Show>());

        _machine.Order.Connecting();
        Shown(Order(3, Ad, atEnd: false));
        Assert.Empty(Order(2, Ad, atEnd: false).OfType<Show>());
    }

    [Fact]
    public void Alone_TheScheduleSaysSo_ItsPlayFollowsUntilACommandComes()
    {
        var house = OnHouse();
        _alone = Alone(Ad);
        var ad = Shown(_machine.Ended(house.Id, _now, 150, _now));
        Assert.Equal((Ad, false, _alone.Ticket.DecisionId), (ad.File, ad.IsHouse, ad.DecisionId));
        Assert.Equal(_alone.PlayId, Assert.Single(StartRun(ad).OfType<PlayStarted>()).PlayId);

        // The server is back in the middle of it, and then has nothing to say.
        Order(1, House2, atEnd: true);
        var ended = _machine.Ended(ad.Id, _now, 75, _now);
        Assert.Equal(_alone.PlayId, Assert.Single(ended.OfType<PlayEnded>()).PlayId);
        var commanded = Shown(ended);
        Assert.Equal((House2, 1), (commanded.File, commanded.Command?.Sequence));
        _alone = null;
        StartRun(commanded);
        Assert.True(Shown(_machine.Ended(commanded.Id, _now, 75, _now)).IsHouse);
    }

    [Fact]
    public void Alone_NothingElseToPlay_ItsPlayBeginsWhenItIsDue()
    {
        Begin(Ad);
        Assert.NotEmpty(_machine.RendererConnected(_now).OfType<ShowStandby>());
        Assert.Empty(_machine.Tick(_now));
        _alone = Alone(Ad);
        Assert.Equal(Ad, Shown(_machine.Tick(_now)).File);
        Assert.Empty(_machine.Tick(_now).OfType<Show>());
    }

    [Fact]
    public void Progress_NearTheEnd_TellsOnceWithTheTimeThatRemains()
    {
        OnHouse();
        var ad = Shown(Order(1, Ad, atEnd: false));
        StartRun(ad);
        _now += TimeSpan.FromSeconds(3.4);
        Assert.Empty(_machine.Progress(ad.Id, _now, TimeSpan.FromSeconds(3.4), 51, _now));
        _now += TimeSpan.FromSeconds(0.2);
        var told = Assert.Single(_machine.Tick(_now).OfType<TellEnding>());
        Assert.Equal(Ad.CreativeId, told.Ending.CreativeId);
        Assert.Equal(1.4, told.Ending.Remaining.TotalSeconds, 3);
        Assert.Empty(_machine.Tick(_now + TimeSpan.FromMilliseconds(200)));
    }

    [Fact]
    public void RendererLost_WhilePlaying_FailsAtTheLastPresentedFrame()
    {
        var house = OnHouse();
        var last = _now + TimeSpan.FromSeconds(2);
        _machine.Progress(house.Id, last, TimeSpan.FromSeconds(2), 30, last);
        var ended = Assert.Single(_machine.RendererLost(last + TimeSpan.FromSeconds(4)).OfType<PlayEnded>());
        Assert.Equal((PlayEnd.Failed, last, 30), (ended.End, ended.EndedAt, ended.FramesPresented));
        Assert.Empty(_machine.RendererLost(last + TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Tick_PageFreezes_IsRestartedAndItsPlayFailed()
    {
        OnHouse();
        var effects = TickFor(PagePatience.Frame + TimeSpan.FromSeconds(0.5));
        Assert.Equal(House2, Shown(effects).File); // it may be the video
        Assert.Empty(effects.OfType<RestartPage>());
        Assert.Equal(PlayEnd.Failed, Assert.Single(effects.OfType<PlayEnded>()).End);
        Assert.Single(TickFor(PlaybackMachine.DoubtPatience).OfType<RestartPage>()); // it is the page
        Assert.Empty(_machine.Tick(_now + TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void Shift_BeforeTheFirstTick_ChangesNothing()
    {
        _machine.Shift(TimeSpan.FromSeconds(-100)); // first contact with a server whose clock is behind
        OnHouse();
        Assert.Empty(TickFor(TimeSpan.FromSeconds(1)).OfType<RestartPage>());
    }

    [Fact]
    public void Tick_ThisProcessStoodStill_DoesNotTakeThePageForFrozen()
    {
        var house = OnHouse();
        TickFor(TimeSpan.FromSeconds(1));
        _now += TimeSpan.FromSeconds(20);
        Assert.Empty(_machine.Tick(_now).OfType<RestartPage>());
        _machine.Progress(house.Id, _now, TimeSpan.FromSeconds(9), 300, _now);
        Assert.Empty(TickFor(TimeSpan.FromSeconds(2)).OfType<RestartPage>());
        Assert.Single(TickFor(PagePatience.Frame + PlaybackMachine.DoubtPatience).OfType<RestartPage>());
    }

    [Fact]
    public void RendererConnected_NothingReady_ShowsStandbyAndThenTheHouseLoop()
    {
        Begin();
        Assert.NotEmpty(_machine.RendererConnected(_now).OfType<ShowStandby>());
        Assert.Equal(House2, Shown(_machine.Ready(new HashSet<Guid> { House2.CreativeId }, _now)).File);
    }

    [Fact]
    public void Command_WithoutAPage_IsPlayedWhenOneComes()
    {
        Begin(House1, Ad);
        Order(1, Ad, atEnd: false);
        Assert.Equal(Ad, Shown(_machine.RendererConnected(_now)).File);
    }

    /// <summary>
    /// Whatever happens, in whatever order: plays do not overlap, do not end before they start, are told once, and are of shown runs.
    /// </summary>
    [Fact]
    public void AnyInputs_AnyOrder_PlaysAreDisjointAndEachIsReportedOnce()
    {
        Prop.ForAll(Arb.From(Gen.Choose(0, 11).Zip(Gen.Choose(0, 3)).ListOf(60)), steps =>
        {
            var asked = 0;
            var machine = new PlaybackMachine(Guid.NewGuid, (_, _) => ++asked % 3 == 0 ? Alone(Ad) : null);
            var now = Start;
            machine.Programme(ScreenServer.ProgrammeOf([House1, House2, Ad, Other], [House1.CreativeId, House2.CreativeId]), now);
            var (started, ended, shown) = (new List<Guid>(), new List<PlayEnded>(), new List<long>());
            long sequence = 0;
            CreativeFile[] creatives = [Ad, Other, House1, House2];
            PlayCommand Order(Guid? creative, bool atEnd) => new(++sequence, Guid.NewGuid(), creative, atEnd, now);
            foreach (var (kind, choice) in steps)
            {
                now += TimeSpan.FromMilliseconds(300 * choice + 50);
                var newest = shown.Count == 0 ? 0 : shown[Math.Max(0, shown.Count - 1 - choice % 2)];
                var effects = kind switch
                {
                    0 => machine.RendererConnected(now),
                    1 => choice == 0 ? machine.RendererLost(now) : machine.Tick(now),
                    2 => machine.Ready(creatives.Take(choice + 1).Select(c => c.CreativeId).ToHashSet(), now),
                    3 => machine.Command(Order(creatives[choice].CreativeId, atEnd: choice % 2 == 0), now),
                    4 => machine.Command(Order(choice == 0 ? null : creatives[choice].CreativeId, atEnd: choice > 1), now),
                    5 => machine.Ended(newest, now, 10, now),
                    6 => machine.Progress(newest, now, TimeSpan.FromSeconds(choice), choice * 10, now),
                    7 => machine.Failed(newest, "it broke", now),
                    _ => machine.Started(newest, now, null, now),
                };
                shown.AddRange(effects.OfType<Show>().Select(s => s.Run.Id));
                started.AddRange(effects.OfType<PlayStarted>().Select(s => s.PlayId));
                ended.AddRange(effects.OfType<PlayEnded>());
            }
            ended.AddRange(machine.RendererLost(now).OfType<PlayEnded>());
            return ended.All(e => e.EndedAt >= e.StartedAt && shown.Contains(e.Run.Id))
                && ended.Zip(ended.Skip(1)).All(pair => pair.First.EndedAt <= pair.Second.StartedAt)
                && ended.Select(e => e.PlayId).SequenceEqual(started)
                && shown.SequenceEqual(shown.Order().Distinct());
        }).QuickCheckThrowOnFailure();
    }
}
