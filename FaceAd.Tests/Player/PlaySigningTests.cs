using FaceAd.Core;
using FaceAd.Core.Proof;
using FaceAd.Player.Clock;
using FaceAd.Player.Outbox;
using FaceAd.Tests.Plays;
using FaceAd.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Player;

/// <summary>A player's chain: no number twice and none left out, whatever a kill leaves on the disk.</summary>
public sealed class PlaySigningTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("facead-signing-").FullName;
    Guid? _screen = Guid.NewGuid();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string KeyFile => Path.Combine(_folder, "play-key.json");

    string ChainFile => Path.Combine(_folder, "play-chain.json");

    [Fact]
    public void Add_KeyIsMade_IsReadableByThisAccountOnlyAndUsedAgain()
    {
        Open().Add(OutboxTests.Report(1));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        Open().Add(OutboxTests.Report(2));
        AssertChain([1, 2], Open().Oldest(10));
    }

    [Fact]
    public void Oldest_ReadTwiceOrAfterARestart_IsTheSameToTheByte()
    {
        var outbox = Open();
        outbox.Add(OutboxTests.Report(1));
        byte[] Read(PlayOutbox from) => System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(from.Oldest(1).Single().Report);
        Assert.Equal(Read(outbox), Read(outbox));
        Assert.Equal(Read(outbox), Read(Open()));
    }

    [Fact]
    public void Add_KilledBetweenAnyTwoWrites_NoNumberIsUsedTwiceAndNoneIsLeftOut()
    {
        List<PlayReport> sent = [];
        for (var round = 0; round < 5; round++)
        {
            // Each time as a kill leaves it: sealed, and the chain's file older; or written elsewhere, and the report not yet removed.
            var outbox = Open();
            for (var i = 0; i < 3; i++) outbox.Add(OutboxTests.Report(10 * round + i));
            var batch = outbox.Oldest(10);
            var old = File.ReadAllBytes(ChainFile);
            var kept = batch.ToDictionary(b => b.Name, b => File.ReadAllBytes(Path.Combine(_folder, "outbox", b.Name)));
            foreach (var (name, report) in batch)
            {
                outbox.Remove(name);
                sent.Add(report);
            }
            if (round % 2 == 0) continue;
            foreach (var (name, content) in kept) File.WriteAllBytes(Path.Combine(_folder, "outbox", name), content);
            if (round == 3) File.WriteAllBytes(ChainFile, old);
        }
        AssertChain(Enumerable.Range(1, 15), sent.DistinctBy(r => r.PlayId).Select(r => ("", r)));
        Assert.All(sent.GroupBy(r => r.PlayId), same => Assert.Single(same.Select(r => r.Seal!.Number).Distinct()));
    }

    [Fact]
    public void Open_KilledBetweenSealingAndRemovingTheUnsealed_SendsItOnce()
    {
        var screen = _screen;
        _screen = null; // so it waits unsealed
        Open().Add(OutboxTests.Report(1));
        var unsealed = Directory.GetFiles(Path.Combine(_folder, "outbox")).Single();
        var content = File.ReadAllBytes(unsealed);
        Assert.Empty(Open().Oldest(1));
        _screen = screen;
        AssertChain([1], Open().Oldest(10));
        File.WriteAllBytes(unsealed, content);
        AssertChain([1], Open().Oldest(10));
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "outbox")));
    }

    [Fact]
    public void Oldest_ManyWaitForTheScreen_AreSealedInOrderAndNewOnesAfterThem()
    {
        var screen = _screen;
        _screen = null;
        var outbox = Open();
        for (var i = 0; i < 3; i++) outbox.Add(OutboxTests.Report(i));
        _screen = screen;
        outbox.Add(OutboxTests.Report(3));
        AssertChain([1, 2], outbox.Oldest(2));
        AssertChain([1, 2, 3, 4], outbox.Oldest(10));
        outbox.Add(OutboxTests.Report(4)); // at once: nothing waits
        Assert.Equal(5, Open().Oldest(10).Select(r => r.Report.Seal!.Number).Max());
    }

    [Fact]
    public void Add_BeforeTheTimeIsKnown_IsSealedOnceWithTheCorrectedTimes()
    {
        var machine = new SetClock(Sample.Noon.AddYears(-10));
        var clock = new ServerClock(machine, "boot");
        var outbox = Open(clock: clock);
        var at = machine.GetUtcNow();
        outbox.Add(OutboxTests.Report(1) with { StartedAt = at, EndedAt = at.AddSeconds(10) }, clock.Read().Mark);
        Assert.Empty(outbox.Oldest(1));
        clock.Learn(clock.GetTimestamp(), clock.GetTimestamp(), Sample.Noon);
        var report = outbox.Oldest(1).Single().Report;
        Assert.InRange(report.StartedAt - Sample.Noon, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(1));
        AssertChain([1], outbox.Oldest(1));
        Assert.Equal(report.StartedAt, Open(clock: clock).Oldest(1).Single().Report.StartedAt);
    }

    [Fact]
    public async Task Deliver_ScreenIsNotKnownYet_SendsNothingAndLosesNothing()
    {
        await using var server = await ScreenServer.StartAsync();
        var screen = _screen;
        _screen = null;
        var outbox = Open();
        outbox.Add(OutboxTests.Report(1));
        await using var services = OutboxTests.Clients(server);
        using var worker = new OutboxWorker(
            outbox, services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System, NullLogger<OutboxWorker>.Instance);
        Assert.False(await worker.RunCycleAsync(default)); // later, not at once again
        Assert.Empty(server.Requests);
        _screen = screen;
        Assert.True(await worker.RunCycleAsync(default));
        Assert.NotNull((await server.Plays.Reader.ReadAsync()).Seal);
        Assert.Equal(0, outbox.Pending);
    }

    [Fact]
    public void Add_OutboxIsFull_TheChainShowsTheGap()
    {
        var outbox = Open(limit: 3);
        for (var i = 0; i < 5; i++) outbox.Add(OutboxTests.Report(i));
        AssertChain([3, 4, 5], outbox.Oldest(10));
    }

    [Theory]
    [InlineData("key lost")]
    [InlineData("key broken")]
    [InlineData("chain lost")]
    [InlineData("newest report broken")]
    [InlineData("another screen")]
    [InlineData("numbers used")]
    public void Add_ChainCannotGoOn_BeginsAnotherWithANewKey(string what)
    {
        var outbox = Open();
        outbox.Add(OutboxTests.Report(1));
        var first = outbox.Oldest(1).Single();
        switch (what)
        {
            case "key lost": File.Delete(KeyFile); break;
            case "key broken": File.WriteAllText(KeyFile, "{"); break;
            case "chain lost": File.Delete(ChainFile); break;
            case "newest report broken": File.WriteAllText(Path.Combine(_folder, "outbox", first.Name), "{"); break;
            case "another screen": _screen = Guid.NewGuid(); break;
            default: outbox.RenewKey([first.Report]); break;
        }
        Open().Add(OutboxTests.Report(2));
        var second = Open().Oldest(10)[^1].Report;
        Assert.Equal(1, second.Seal!.Number);
        Assert.NotEqual(PlayKey.FingerprintOf(first.Report.Seal!.Key), PlayKey.FingerprintOf(second.Seal.Key));
        outbox = Open();
        outbox.RenewKey([first.Report]); // of a key that is not the present one
        outbox.Add(OutboxTests.Report(3));
        Assert.Equal(2, outbox.Oldest(10)[^1].Report.Seal!.Number);
    }

    [Fact]
    public void Batch_OfTheLongestReports_FitsIntoARequest()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        using var sealer = new PlaySealer(key, Guid.NewGuid(), long.MaxValue - PlayReport.MaxBatch);
        var longest = OutboxTests.Report(1) with
        {
            DecisionId = Guid.NewGuid(),
            StartedAt = Sample.Noon.AddTicks(1),
            EndedAt = Sample.Noon.AddTicks(9),
            Measured = false,
            FramesPresented = int.MaxValue,
        };
        var batch = sealer.SealAll(Enumerable.Repeat(longest, PlayReport.MaxBatch));
        Assert.InRange(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(batch, System.Text.Json.JsonSerializerOptions.Web).Length,
            1, Routes.MaxPlaysBytes);
    }

    [Fact]
    public async Task Deliver_ServerKnowsTheseNumbers_GoesOnWithANewKey()
    {
        await using var server = await ScreenServer.StartAsync();
        server.NumbersAreUsed = true;
        var outbox = Open();
        outbox.Add(OutboxTests.Report(1));
        await using var services = OutboxTests.Clients(server);
        using var worker = new OutboxWorker(
            outbox, services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System, NullLogger<OutboxWorker>.Instance);
        Assert.True(await worker.RunCycleAsync(default));
        var first = await server.Plays.Reader.ReadAsync();
        outbox.Add(OutboxTests.Report(2));
        var second = outbox.Oldest(1).Single().Report;
        Assert.Equal((1, 1), (first.Seal!.Number, second.Seal!.Number));
        Assert.NotEqual(first.Seal.Key, second.Seal.Key);
    }

    PlayOutbox Open(int limit = PlayOutbox.Limit, ServerClock? clock = null) => new(
        Path.Combine(_folder, "outbox"), new PlaySigner(_folder, () => _screen, NullLogger.Instance), NullLogger.Instance, limit, clock);

    // By the code that checks an export: what it finds sound is a chain.
    void AssertChain(IEnumerable<int> numbers, IEnumerable<(string Name, PlayReport Report)> reports)
    {
        PlayReport[] plays = [.. reports.Select(r => r.Report).OrderBy(r => r.Seal!.Number)];
        Assert.Equal(numbers.Select(n => (long)n), plays.Select(p => p.Seal!.Number));
        using var check = new ProofCheck();
        using var named = new PlaySealer(_screen!.Value);
        foreach (var line in ProofCheckTests.Export(named, plays, _ => true))
            check.Add((line.Key is null ? line : line with { Key = PlayKey.FingerprintOf(line.PublicKey!) }).Write());
        Assert.Empty(check.Finish().Faults);
    }
}
