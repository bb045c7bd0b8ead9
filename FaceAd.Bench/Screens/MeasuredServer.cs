using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using FaceAd.Bench.Crash;
using FaceAd.Core;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FaceAd.Bench.Screens;

/// <summary>
/// The real web server in a process of its own on a real PostgreSQL, with an advertiser, a house loop, and what measures them.
/// </summary>
sealed class MeasuredServer : IAsyncDisposable
{
    private const string Token = "a token of the bench's own";
    private const string HeapMetric = "dotnet_gc_last_collection_heap_size_bytes";
    private const string FragmentsMetric = "dotnet_gc_last_collection_heap_fragmentation_size_bytes";
    private const string Due =
        "SELECT (SELECT count(*) FROM plays WHERE exposures_due) + (SELECT count(*) FROM presences WHERE exposures_due)";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(10);
    private readonly EmbeddedPostgres _postgres;
    private readonly Organisation _owner, _advertiser;

    private MeasuredServer(EmbeddedPostgres postgres, DataFolder data, string models)
    {
        var now = TimeProvider.System.GetUtcNow();
        _postgres = postgres;
        Database = NpgsqlDataSource.Create(postgres.ConnectionString);
        Web = new WebProcess(typeof(DataFolder).Assembly.Location, new Dictionary<string, string>
        {
            ["ConnectionStrings:FaceAd"] = postgres.ConnectionString,
            ["Data:Folder"] = data.Root,
            ["Models:Folder"] = models,
            ["Telemetry:MetricsToken"] = Token,
            ["Logging:LogLevel:Default"] = "Warning",
        });
        Decisions = new DecisionSeals(
            Database, DataProtectionProvider.Create(new DirectoryInfo(data.Keys), ring => ring.SetApplicationName("FaceAd")),
            TimeProvider.System, NullLogger<DecisionSeals>.Instance);
        _owner = new Organisation { Name = "Owner", Kind = OrganisationKind.MediaOwner, CreatedAt = now };
        _advertiser = new Organisation { Name = "Advertiser", Kind = OrganisationKind.Advertiser, CreatedAt = now };
    }

    /// <summary>The server's process.</summary>
    public WebProcess Web { get; }

    /// <summary>Its database.</summary>
    public NpgsqlDataSource Database { get; }

    /// <summary>Takes decisions as it does, under its key.</summary>
    public DecisionSeals Decisions { get; }

    /// <summary>A creative of the house loop, 15 s long.</summary>
    public Creative House { get; private set; } = null!;

    /// <summary>Starts it, with its database.</summary>
    /// <param name="folder">An empty folder that other accounts may enter.</param>
    /// <param name="nodeModules">The node_modules folder, which contains PostgreSQL.</param>
    /// <param name="models">Folder of prepared models.</param>
    /// <param name="cancellation">Cancels the start.</param>
    public static async Task<MeasuredServer> StartAsync(
        string folder, string nodeModules, string models, CancellationToken cancellation)
    {
        var postgres = await EmbeddedPostgres.StartAsync(
            Path.Combine(folder, "postgres"), Repository.PostgresIn(nodeModules), cancellation);
        var server = new MeasuredServer(postgres, new DataFolder(Path.Combine(folder, "data")), models);
        try
        {
            await using (var db = CrashCheck.NewContext(server.Database))
            {
                await db.Database.MigrateAsync(cancellation);
                db.AddRange(server._owner, server._advertiser);
                await db.SaveChangesAsync(cancellation);
            }
            server.House = await server.AddHouseAsync(cancellation);
            await server.Web.ReadyAsync(cancellation);
            await server.Decisions.StartAsync(cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds a campaign that runs everywhere.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="targets">Its segments.</param>
    /// <param name="seconds">Length of its creative.</param>
    /// <param name="state">Its state.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<Creative> AddCampaignAsync(
        string name, Segment[] targets, double seconds, CampaignState state, CancellationToken cancellation)
    {
        var now = TimeProvider.System.GetUtcNow();
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        var (campaign, creative) = SampleCampaign.Of(
            _advertiser, name, (day.AddDays(-40), day.AddDays(9)), targets, now, budgetKrw: 1_000_000_000, seconds: seconds);
        campaign.State = state;
        await using var db = CrashCheck.NewContext(Database);
        db.AddRange(campaign, creative);
        await db.SaveChangesAsync(cancellation);
        return creative;
    }

    /// <summary>Waits until the server knows a screen that was registered by rows.</summary>
    /// <exception cref="TimeoutException">It does not get to know it.</exception>
    public async Task UntilKnownAsync(BenchScreen screen, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience; await Task.Delay(100, cancellation))
        {
            using var answer = await PlayPost.SendAsync(http, Web.Address, screen.Token, [], cancellation);
            if (answer.StatusCode == HttpStatusCode.OK) return;
        }
        throw new TimeoutException($"The server does not know the new screens after {Patience.TotalSeconds:0} s.");
    }

    /// <summary>Processor time used so far.</summary>
    public ServerSample Sample() => ServerSample.Take(Web, _postgres);

    /// <summary>Processor time over the next while.</summary>
    public async Task<ServerLoad> LoadAsync(TimeSpan time, CancellationToken cancellation)
    {
        var before = Sample();
        await Task.Delay(time, cancellation);
        return Sample().Since(before);
    }

    /// <summary>Memory after full collections.</summary>
    public async Task<ServerMemory> MemoryAsync(CancellationToken cancellation)
    {
        for (var i = 0; i < 3; i++) await ProcessMeter.CollectAsync(Web.ProcessId, cancellation);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        var metrics = await http.GetStringAsync(new Uri(Web.Address, "metrics"), cancellation);
        return new ServerMemory(ProcessMeter.Resident(Web.ProcessId), Sum(HeapMetric) - Sum(FragmentsMetric));

        // One line for each generation.
        double Sum(string metric) => metrics.Split('\n').Where(line => line.StartsWith(metric, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.IndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0],
                CultureInfo.InvariantCulture));
    }

    /// <summary>Waits until all due exposures have been computed.</summary>
    /// <exception cref="TimeoutException">They have not been.</exception>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Settling; await Task.Delay(200, cancellation))
        {
            await using var command = Database.CreateCommand(Due);
            if (await command.ExecuteScalarAsync(cancellation) is 0L) return;
        }
        throw new TimeoutException($"Exposures are still due after {Settling.TotalMinutes:0} min.");
    }

    public async ValueTask DisposeAsync()
    {
        await Web.DisposeAsync();
        await Database.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    private async Task<Creative> AddHouseAsync(CancellationToken cancellation)
    {
        var creative = new Creative
        {
            OrganisationId = _owner.Id,
            Name = "House",
            Sha256 = new string('b', 64),
            Bytes = 1,
            Seconds = 15,
            Width = 640,
            Height = 360,
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };
        await using var db = CrashCheck.NewContext(Database);
        db.Add(creative);
        await db.SaveChangesAsync(cancellation);
        return creative;
    }
}
