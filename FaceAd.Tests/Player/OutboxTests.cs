using System.Diagnostics;
using FaceAd.Core;
using FaceAd.Player;
using FaceAd.Player.Outbox;
using FaceAd.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Player;

public sealed class OutboxTests : IDisposable
{
    static readonly DateTimeOffset Start = new(2026, 5, 1, 9, 0, 0, TimeSpan.Zero);

    readonly string _folder = Directory.CreateTempSubdirectory("facead-outbox-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    internal static PlayReport Report(int second, Guid? id = null) => new()
    {
        PlayId = id ?? Guid.NewGuid(),
        CreativeId = Guid.NewGuid(),
        StartedAt = Start.AddSeconds(second),
        EndedAt = Start.AddSeconds(second + 10),
        End = PlayEnd.Completed,
        Measured = true,
        FramesPresented = 150,
    };

    readonly string _keys = TestFolders.New("keys");

    PlayOutbox Open(int limit = PlayOutbox.Limit) => new(_folder, Signer(_keys), NullLogger.Instance, limit);

    internal static PlaySigner Signer(string? folder = null) =>
        new(folder ?? TestFolders.New("keys"), () => ScreenServer.ScreenId, NullLogger.Instance);

    [Fact]
    public void Add_ProcessRestarts_ReportsAreThereInOrder()
    {
        var reports = Enumerable.Range(0, 5).Select(i => Report(i)).ToList();
        var outbox = Open();
        foreach (var report in reports.AsEnumerable().Reverse()) outbox.Add(report);
        Assert.Equal(reports, Open().Oldest(10).Select(r => r.Report with { Seal = null }));
    }

    [Fact]
    public void Oldest_CorruptFile_IsSetAsideAndTheOthersGoOn()
    {
        var outbox = Open();
        outbox.Add(Report(1));
        outbox.Add(Report(2));
        File.WriteAllText(Directory.GetFiles(_folder).Order(StringComparer.Ordinal).First(), "{ \"PlayId\": \"");
        File.WriteAllText(Path.Combine(_folder, "x.json.tmp"), "half");
        var again = Open();
        Assert.Equal(Start.AddSeconds(2), Assert.Single(again.Oldest(10)).Report.StartedAt);
        Assert.Equal(1, again.Pending);
        Assert.Single(Directory.GetFiles(_folder, "*.aside"));
        Assert.Empty(Directory.GetFiles(_folder, "*.tmp"));
    }

    // A folder in a file's place stands for a bad disk: even root can neither read nor delete it.
    [Fact]
    public async Task Deliver_DiskCannotReadOneAndDeletesNone_TheOthersAreSentOnce()
    {
        await using var server = await ScreenServer.StartAsync();
        var outbox = Open();
        for (var i = 1; i <= 4; i++) outbox.Add(Report(i));
        var files = Directory.GetFiles(_folder).Order(StringComparer.Ordinal).ToArray();
        void Spoil(string file)
        {
            File.Delete(file);
            Directory.CreateDirectory(file);
        }
        Spoil(files[0]);
        File.WriteAllText(files[1], "{ \"PlayId\": \""); // and cannot be renamed
        Directory.CreateDirectory(Path.Combine(files[1] + ".aside", "x"));
        server.Refuse = report =>
        {
            foreach (var sent in files[2..].Where(File.Exists)) Spoil(sent);
            return null;
        };
        await using var services = Clients(server);
        using var worker = new OutboxWorker(
            outbox, services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System, NullLogger<OutboxWorker>.Instance);
        Assert.True(await worker.RunCycleAsync(default));
        Assert.Equal(0, outbox.Pending);
        Assert.True(await worker.RunCycleAsync(default));
        Assert.Equal([2], server.Batches);
        outbox.Add(Report(5)); // and it goes on
        Assert.Equal(Start.AddSeconds(5), Assert.Single(outbox.Oldest(10)).Report.StartedAt);
    }

    [Fact]
    public void Add_OutboxIsFull_GivesUpTheOldest()
    {
        var outbox = Open(limit: 3);
        for (var i = 0; i < 5; i++) outbox.Add(Report(i));
        Assert.Equal([2, 3, 4], outbox.Oldest(10).Select(r => (int)(r.Report.StartedAt - Start).TotalSeconds));
        Assert.Equal(3, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public async Task Add_ProcessIsKilledAtAnyPoint_LosesNothingThatItPromised()
    {
        var random = new Random(7);
        var promised = new HashSet<Guid>();
        for (var round = 0; round < 6; round++)
        {
            var start = new ProcessStartInfo("dotnet", typeof(PlayerHost).Assembly.Location) { RedirectStandardOutput = true };
            start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
            start.Environment[StartupHook.OutboxVariable] = _folder;
            using var child = Process.Start(start)!;
            var most = random.Next(1, 60);
            for (var i = 0; i < most && await child.StandardOutput.ReadLineAsync() is { } line; i++) promised.Add(Guid.Parse(line));
            child.Kill(); // SIGKILL, in the middle of whatever it does
            // What it had printed before it died counts too; a line cut off by the kill does not.
            foreach (var line in (await child.StandardOutput.ReadToEndAsync()).Split('\n').SkipLast(1)) promised.Add(Guid.Parse(line));
            await child.WaitForExitAsync();
        }
        var reports = Open().Oldest(int.MaxValue).Select(r => r.Report).ToList();
        var kept = reports.Select(r => r.PlayId).ToHashSet();
        Assert.Equal(Enumerable.Range(1, reports.Count), reports.Select(r => (int)r.Seal!.Number).Order()); // one chain
        Assert.True(promised.Count > 20, $"Only {promised.Count} reports were written.");
        Assert.Empty(promised.Except(kept));
        Assert.Empty(Directory.GetFiles(_folder, "*.aside"));
    }

    [Fact]
    public async Task Deliver_AfterAnOutage_BatchesDropsTheRefusedAndEmptiesTheOutbox()
    {
        await using var server = await ScreenServer.StartAsync();
        var outbox = Open();
        var reports = Enumerable.Range(0, 450).Select(i => Report(i)).ToList();
        foreach (var report in reports) outbox.Add(report);
        server.Refuse = report => report.PlayId == reports[7].PlayId ? "too old" : null;
        server.PlaysStatus = 503;
        await using var services = Clients(server);
        using var worker = new OutboxWorker(
            outbox, services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System, NullLogger<OutboxWorker>.Instance);
        Assert.False(await worker.RunCycleAsync(default));
        Assert.Equal(450, outbox.Pending);

        server.PlaysStatus = 200;
        while (outbox.Pending > 0) Assert.True(await worker.RunCycleAsync(default));
        Assert.Equal(Enumerable.Repeat(PlayReport.MaxBatch, 450 / PlayReport.MaxBatch), server.Batches);
        Assert.Equal(449, server.Plays.Reader.Count);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Deliver_OneReportThatTheServerCannotRead_IsSetAsideAlone()
    {
        await using var server = await ScreenServer.StartAsync();
        var outbox = Open();
        outbox.Add(Report(1));
        server.PlaysStatus = 400;
        await using var services = Clients(server);
        using var worker = new OutboxWorker(
            outbox, services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System, NullLogger<OutboxWorker>.Instance);
        await worker.RunCycleAsync(default);
        outbox.Add(Report(2));
        server.PlaysStatus = 200;
        while (outbox.Pending > 0) Assert.True(await worker.RunCycleAsync(default));
        Assert.Equal(Start.AddSeconds(2), (await server.Plays.Reader.ReadAsync()).StartedAt);
        Assert.Single(Directory.GetFiles(_folder, "*.aside"));
    }

    internal static ServiceProvider Clients(ScreenServer server) => Clients(server.Address);

    internal static ServiceProvider Clients(Uri server) => new ServiceCollection().AddServerClient(new PlayerSettings
    {
        Server = server,
        Token = ScreenServer.Token,
        DataFolder = "",
    }).BuildServiceProvider();
}
