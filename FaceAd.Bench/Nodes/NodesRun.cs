using System.Diagnostics;
using System.Globalization;
using FaceAd.Bench.Crash;
using FaceAd.Bench.Screens;
using FaceAd.Core;
using FaceAd.Web.Accounts;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FaceAd.Bench.Nodes;

/// <summary>Settings of a run.</summary>
/// <param name="Rounds">Rounds of each kind of fault.</param>
/// <param name="Nodes">Number of nodes.</param>
/// <param name="Seed">Seed of the players' behaviour and of the order of faults.</param>
/// <param name="Folder">An empty folder that other accounts may enter.</param>
/// <param name="NodeModules">The node_modules folder, which contains PostgreSQL.</param>
/// <param name="Models">Folder of prepared models.</param>
sealed record NodesOptions(int Rounds, int Nodes, int Seed, string Folder, string NodeModules, string Models);

/// <summary>Result of a run.</summary>
/// <param name="Seconds">Of each kind of fault, the seconds until a screen was targeted by another node, ascending.</param>
/// <param name="Plays">Number of acknowledged plays.</param>
/// <param name="Reports">Number of acknowledged audience reports.</param>
/// <param name="Late">Commands of a former owner that came after its successor's.</param>
/// <param name="Faults">All faults; empty when there are none.</param>
sealed record NodesReport(
    IReadOnlyDictionary<NodeFault, List<double>> Seconds, int Plays, int Reports, int Late, IReadOnlyList<string> Faults);

/// <summary>
/// Real nodes on one PostgreSQL. Again and again the owner of the site is killed, stopped, or kept from the database, while players report
/// to whichever node the balancer chooses. A screen measures how long it takes until another node targets it. Afterwards every acknowledged
/// fact must be there exactly once, and nobody enrolled twice.
/// </summary>
sealed class NodesRun(NodesOptions options, Action<string> log)
{
    private const int Players = 2;
    private const int RoundsOfAScreen = 3; // in whose time a player lives through a day
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(120);
    private static readonly Segment[] Segments = [Segment.Men2030, Segment.Women2030, Segment.Men4050];

    private const string Owner =
        "SELECT n.address, o.generation FROM site_owners o JOIN nodes n ON n.id = o.node_id WHERE o.site_id = $1";

    private readonly CrashLedger _ledger = new();
    private readonly List<Guid> _creatives = [];
    private readonly SortedDictionary<NodeFault, List<double>> _seconds = [];

    /// <summary>Runs all rounds and the checks.</summary>
    public async Task<NodesReport> RunAsync(CancellationToken cancellation)
    {
        await using var postgres = await EmbeddedPostgres.StartAsync(
            Path.Combine(options.Folder, "postgres"), Repository.PostgresIn(options.NodeModules), cancellation);
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        var screens = await SeedAsync(database, cancellation);
        var data = new DataFolder(Path.Combine(options.Folder, "data"));
        await using var fleet = await NodeFleet.StartAsync(
            options.Nodes, postgres.ConnectionString, data.Root, options.Models, cancellation);
        var decisions = new DecisionSeals(
            database, DataProtectionProvider.Create(new DirectoryInfo(data.Keys), ring => ring.SetApplicationName("FaceAd")),
            TimeProvider.System, NullLogger<DecisionSeals>.Instance);
        await decisions.StartAsync(cancellation);
        await fleet.UntilHealthyAsync(cancellation);

        using var probe = new ProbeScreen(screens[0], fleet, _ledger, Segments);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var probing = probe.RunAsync(stop.Token);
        var start = TimeProvider.System.GetUtcNow().AddHours(-23);
        List<SimulatedPlayer> players = [.. Enumerable.Range(0, Players).Select(i => new SimulatedPlayer(
            [.. screens.Skip(1).Where((_, n) => n % Players == i).Select(s => (s.Id, s.Token))], _creatives, decisions, _ledger,
            new Random(options.Seed + i), start))];
        var playing = players.ConvertAll(p => p.RunAsync(fleet.Next, stop.Token, giveUp.Token));
        try
        {
            if (await probe.UntilTargetedAsync(0, Patience, cancellation) is null)
                throw new TimeoutException("The screen is not targeted before any fault.");
            await SufferAsync(probe, fleet, database, screens[0].Site, cancellation);
            await stop.CancelAsync();
            await Task.WhenAll(playing).WaitAsync(Settling, cancellation);
            await UntilComputedAsync(database, cancellation);
        }
        finally
        {
            await giveUp.CancelAsync();
            await stop.CancelAsync();
            await Task.WhenAll([probing, .. playing]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var player in players) player.Dispose();
        }
        await fleet.KillAsync(); // nothing may change while all is compared
        var (faults, _) = await CrashCheck.RunAsync(database, _ledger, cancellation);
        return new NodesReport(
            _seconds, _ledger.AcknowledgedPlays.Count, _ledger.AcknowledgedReports.Count, probe.Late,
            [.. _ledger.Faults.Distinct(), .. faults]);
    }

    private async Task SufferAsync(
        ProbeScreen probe, NodeFleet fleet, NpgsqlDataSource database, Guid site, CancellationToken cancellation)
    {
        var random = new Random(options.Seed);
        for (var round = 1; round <= options.Rounds; round++)
        {
            var kinds = Enum.GetValues<NodeFault>();
            random.Shuffle(kinds);
            foreach (var fault in kinds)
            {
                var (address, generation) = await OwnerAsync(database, site, cancellation);
                var owner = fleet.At(address);
                var began = Stopwatch.GetTimestamp();
                await owner.SufferAsync(fault);
                var targeted = await probe.UntilTargetedAsync(generation, Patience, cancellation);
                await owner.RecoverAsync(fault, cancellation);
                await fleet.UntilHealthyAsync(cancellation);
                if (targeted is not { } at)
                {
                    _ledger.Faults.Add($"The owner was {fault}, and no other node targeted the screen for {Patience.TotalSeconds:0} s.");
                    continue;
                }
                var seconds = Stopwatch.GetElapsedTime(began, at).TotalSeconds;
                if (!_seconds.TryGetValue(fault, out var all)) _seconds[fault] = all = [];
                all.Add(seconds);
                log(string.Create(CultureInfo.InvariantCulture, $"round {round}: owner {fault}, targeted again after {seconds:0.0} s"));
            }
        }
        foreach (var all in _seconds.Values) all.Sort();
    }

    private static async Task<(string Address, long Generation)> OwnerAsync(
        NpgsqlDataSource database, Guid site, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience; await Task.Delay(50, cancellation))
        {
            var owners = await connection.QueryAsync(Owner, [site], r => (r.GetString(0), r.GetInt64(1)), cancellation);
            if (owners is [var owner]) return owner;
        }
        throw new TimeoutException("Nobody owns the site.");
    }

    private static async Task UntilComputedAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(100, cancellation))
        {
            await using var command = database.CreateCommand(
                "SELECT (SELECT count(*) FROM plays WHERE exposures_due) + (SELECT count(*) FROM presences WHERE exposures_due)");
            if (await command.ExecuteScalarAsync(cancellation) is 0L) return;
            if (clock.Elapsed > Settling) throw new TimeoutException("Exposures are still due.");
        }
    }

    // One building, whose campaigns each want one segment: every rider brings a command.
    private async Task<List<BenchScreen>> SeedAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        var now = TimeProvider.System.GetUtcNow();
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        await using var db = CrashCheck.NewContext(database);
        await db.Database.MigrateAsync(cancellation);
        var advertiser = new Organisation { Name = "Advertiser", Kind = OrganisationKind.Advertiser, CreatedAt = now };
        db.Add(advertiser);
        foreach (var segment in Segments)
        {
            var (campaign, creative) = SampleCampaign.Of(
                advertiser, $"For {segment}", (day.AddDays(-5), day.AddDays(5)), [segment], now);
            db.AddRange(campaign, creative);
            _creatives.Add(creative.Id);
        }
        await db.SaveChangesAsync(cancellation);
        var screens = 1 + (Players * (1 + (options.Rounds / RoundsOfAScreen)));
        return await ScreenRows.AddAsync(database, "Tower", screens, measures: true, cancellation, perSite: screens);
    }
}
