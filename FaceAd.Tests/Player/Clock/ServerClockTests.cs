using FaceAd.Player.Clock;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Player.Clock;

public sealed class ServerClockTests : IDisposable
{
    static readonly DateTimeOffset Start = new(2026, 5, 1, 9, 0, 0, TimeSpan.Zero);

    readonly string _folder = Directory.CreateTempSubdirectory("facead-clock-").FullName;

    string Kept => Path.Combine(_folder, "clock.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // One heartbeat: the question travels, the server reads its clock, the answer travels.
    static void Exchange(MachineClock machine, ServerClock clock, double there, double back, double serverAhead = 0)
    {
        var asked = clock.GetTimestamp();
        machine.Pass(there);
        var told = machine.Truth + TimeSpan.FromSeconds(serverAhead);
        machine.Pass(back);
        clock.Learn(asked, clock.GetTimestamp(), told);
    }

    /// <summary>
    /// Clocks up to a day off and 200 ppm fast or slow, ways of 1 to 99 ms that change each time (two of 100 are no good first contact),
    /// heartbeats missed for up to a minute.
    /// </summary>
    [Fact]
    public void Now_AnyOffsetDriftAndLatency_StaysWithin75MillisecondsAndNeverRunsBackwards()
    {
        var beat = Gen.Choose(1, 99).Zip(Gen.Choose(1, 99)).Zip(Gen.Frequency((8, Gen.Constant(5)), (1, Gen.Choose(6, 60))));
        var input = Gen.Choose(-86_400, 86_400).Zip(Gen.Choose(-200, 200)).Zip(beat.ListOf(60));
        Prop.ForAll(Arb.From(input), run =>
        {
            var ((ahead, drift), beats) = run;
            var machine = new MachineClock(Start, TimeSpan.FromSeconds(ahead), drift);
            var clock = new ServerClock(machine, "boot");
            var (last, worst, backwards) = (DateTimeOffset.MinValue, 0.0, false);
            foreach (var ((there, back), pause) in beats)
            {
                Exchange(machine, clock, there / 1000.0, back / 1000.0);
                for (var i = 0; i < 5; i++)
                {
                    var now = clock.GetUtcNow();
                    backwards |= now < last;
                    worst = Math.Max(worst, Math.Abs((now - machine.Truth).TotalMilliseconds));
                    last = now;
                    machine.Pass(pause / 5.0);
                }
            }
            return (worst < 75 && !backwards).Label($"worst {worst:0.0} ms, backwards {backwards}");
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Drift_AnHourOfHeartbeats_IsFoundWithinTenPartsPerMillion()
    {
        Prop.ForAll(Arb.From(Gen.Choose(-400, 400).Zip(Gen.Choose(0, int.MaxValue))), input =>
        {
            var (drift, seed) = input;
            var (machine, ways) = (new MachineClock(Start, TimeSpan.FromHours(-3), drift), new Random(seed));
            var clock = new ServerClock(machine, "boot");
            for (var beat = 0; beat < 720; beat++)
            {
                Exchange(machine, clock, 0.001 + ways.NextDouble() * 0.02, 0.001 + ways.NextDouble() * 0.02);
                machine.Pass(5);
            }
            return clock.DriftPartsPerMillion is { } found && Math.Abs(found - drift) < 10
                && Math.Abs((clock.OwnAhead!.Value - machine.Ahead).TotalMilliseconds) < 25;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));
    }

    [Theory]
    [InlineData(5, 0.002, false)] // too short
    [InlineData(15, 0.002, true)]
    [InlineData(15, 0.5, false)] // half a second each way tells nothing after a quarter of an hour
    public void Drift_LittleIsKnown_IsNotGuessed(int minutes, double way, bool known)
    {
        var machine = new MachineClock(Start, TimeSpan.Zero, 150);
        var clock = new ServerClock(machine, "boot");
        for (var beat = 0; beat <= minutes * 12; beat++)
        {
            Exchange(machine, clock, way, way);
            machine.Pass(5);
        }
        Assert.Equal(known, clock.DriftPartsPerMillion is not null);
    }

    [Fact]
    public void Learn_AfterAnOutageThatLeftItTwoSecondsOff_SlewsWithoutStretchingAnyIntervalByMoreThanHalfAPercent()
    {
        var machine = new MachineClock(Start, TimeSpan.Zero);
        var clock = new ServerClock(machine, "boot");
        Exchange(machine, clock, 0.001, 0.001);
        var stepped = clock.Read().Stepped;
        for (var beat = 0; beat < 100; beat++)
        {
            var before = clock.GetUtcNow();
            machine.Pass(5);
            Assert.InRange((clock.GetUtcNow() - before).TotalSeconds, 5 * 0.995 - 1e-6, 5 * 1.005 + 1e-6);
            Exchange(machine, clock, 0.001, 0.001, serverAhead: 2);
        }
        Assert.Equal(stepped, clock.Read().Stepped);
        Assert.Equal(2, (clock.GetUtcNow() - machine.Truth).TotalSeconds, 3);
    }

    [Fact]
    public void Learn_FirstExchangesAreSlow_WaitsForAGoodOneOrTakesTheBestOfFive()
    {
        var machine = new MachineClock(Start, TimeSpan.FromHours(1));
        var lucky = new ServerClock(machine, "boot");
        Exchange(machine, lucky, 3, 0.1);
        Assert.False(lucky.IsKnown);
        Exchange(machine, lucky, 0.01, 0.01);
        Assert.Equal(0, (lucky.GetUtcNow() - machine.Truth).TotalSeconds, 2);

        var slow = new ServerClock(machine, "boot");
        foreach (var there in new[] { 3, 2, 0.4, 2 }) Exchange(machine, slow, there, 0.1);
        Assert.False(slow.IsKnown);
        Exchange(machine, slow, 3, 0.1);
        Assert.Equal(0.15, (slow.GetUtcNow() - machine.Truth).Duration().TotalSeconds, 2);
    }

    [Fact]
    public void Learn_TheServersOwnClockWasSet_StepsOnceAndSaysSo()
    {
        var machine = new MachineClock(Start, TimeSpan.Zero);
        var clock = new ServerClock(machine, "boot");
        List<TimeSpan> steps = [];
        clock.Stepped += steps.Add;
        for (var beat = 0; beat < 10; beat++) Exchange(machine, clock, 0.001, 0.001);
        for (var beat = 0; beat < 20; beat++) Exchange(machine, clock, 0.002, 0.002, serverAhead: -3600);
        Assert.Equal(-3600, steps[^1].TotalSeconds, 1);
        Assert.InRange(steps.Count, 1, 2); // the first contact, where it was not exactly right already
        Assert.Equal(-3600, (clock.GetUtcNow() - machine.Truth).TotalSeconds, 1);
    }

    [Fact]
    public void Start_ProcessStartsAgainWithoutAServer_KnowsTheTimeUntilTheMachineStartsAnew()
    {
        var machine = new MachineClock(Start, TimeSpan.FromHours(3));
        Exchange(machine, new ServerClock(machine, "boot 1", Kept), 0.001, 0.001);
        machine.Pass(600);
        var again = new ServerClock(machine, "boot 1", Kept);
        Assert.True(again.IsKnown);
        Assert.Null(again.Read().Mark);
        Assert.Equal(0, (again.GetUtcNow() - machine.Truth).TotalSeconds, 1);

        machine.StartAgain(60);
        var later = new ServerClock(machine, "boot 2", Kept);
        Assert.False(later.IsKnown);
        Assert.Equal(machine.GetUtcNow(), later.GetUtcNow());

        File.WriteAllText(Kept, "{ half");
        Assert.False(new ServerClock(machine, "boot 1", Kept).IsKnown);
    }

    [Fact]
    public void Start_ProcessStartsAgainWhileTheServersTimeIsSlewedIn_NeverRunsBackwards()
    {
        var machine = new MachineClock(Start, TimeSpan.Zero);
        var clock = new ServerClock(machine, "boot", Kept);
        Exchange(machine, clock, 0.001, 0.001);
        machine.Pass(ServerClock.KeepEvery.TotalSeconds);
        for (var beat = 0; beat < ServerClock.Newest; beat++) Exchange(machine, clock, 0.001, 0.001, serverAhead: -20);
        var last = clock.GetUtcNow();
        machine.Pass(1);
        Assert.InRange((new ServerClock(machine, "boot", Kept).GetUtcNow() - last).TotalSeconds, 0.9, 1.1);
    }

    [Fact]
    public void ShiftOf_StampsOfBeforeTheFirstContact_ArePutRightAcrossProcessesOfOneStartOfTheMachineOnly()
    {
        var machine = new MachineClock(Start, TimeSpan.FromHours(-3));
        var blind = new ServerClock(machine, "boot 1", Kept).Read();
        var truth = machine.Truth;
        Assert.Equal(truth.AddHours(-3), blind.Now);
        machine.Pass(50);
        var clock = new ServerClock(machine, "boot 1", Kept); // another process
        Assert.Null(clock.ShiftOf(blind.Mark!));
        Exchange(machine, clock, 0.001, 0.001);
        Assert.Equal(0, (blind.Now + clock.ShiftOf(blind.Mark!)!.Value - truth).TotalSeconds, 2);
        Assert.Null(clock.ShiftOf(blind.Mark! with { Boot = "boot 0" }));
    }
}
