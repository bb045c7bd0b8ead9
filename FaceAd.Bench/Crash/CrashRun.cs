using System.Diagnostics;
using System.Globalization;
using FaceAd.Bench.Nodes;
using FaceAd.Core;
using FaceAd.Web.Accounts;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FaceAd.Bench.Crash;

/// <summary>Settings of a crash run.</summary>
/// <param name="Cycles">Number of faults.</param>
/// <param name="Seed">Seed of what is killed when and of the players' behaviour; the rest depends on the machine's speed.</param>
/// <param name="Folder">An empty folder that other accounts may enter.</param>
/// <param name="NodeModules">The node_modules folder, which contains PostgreSQL.</param>
/// <param name="Models">Folder of prepared models.</param>
/// <param name="Mixed">Whether there is more than kills: hangs, cut connections, full disks and wrong clocks.</param>
/// <param name="FactsHeard">Facts that a serving server acknowledges before it is harmed.</param>
sealed record CrashOptions(
    int Cycles, int Seed, string Folder, string NodeModules, string Models, bool Mixed = false, int FactsHeard = 10);

/// <summary>Result of a crash run.</summary>
/// <param name="Harm">How often each fault was done.</param>
/// <param name="Plays">Number of acknowledged plays.</param>
/// <param name="Reports">Number of acknowledged audience reports.</param>
/// <param name="Exposures">Number of exposures at the end.</param>
/// <param name="Faults">All faults; empty when there are none.</param>
sealed record CrashReport(
    IReadOnlyDictionary<CrashFault, int> Harm, int Plays, int Reports, int Exposures, IReadOnlyList<string> Faults);

/// <summary>
/// Two simulated players report to a real web server on a real PostgreSQL, while SIGKILL ends either or both servers at random moments, or
/// other harm is done to them. Afterwards every acknowledged fact must be there exactly once, and every count must equal a recount.
/// </summary>
sealed class CrashRun : IAsyncDisposable
{
    private const int Players = 2;

    // A screen lives through its day in the time of more faults than these.
    private const int FaultsOfAScreen = 100;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(60);
    private readonly CrashOptions _options;
    private readonly Action<string> _log;
    private readonly EmbeddedPostgres _postgres;
    private readonly NpgsqlDataSource _database;
    private readonly DataFolder _data;
    private readonly CuttingProxy _way;
    private readonly WebProcess _web;
    private readonly CrashHarm _harm;
    private readonly CrashLedger _ledger = new();
    private readonly List<(Guid Screen, string Token)> _screens = [];
    private readonly List<Guid> _creatives = [];

    private CrashRun(CrashOptions options, EmbeddedPostgres postgres, Action<string> log)
    {
        (_options, _postgres, _log) = (options, postgres, log);
        _data = new DataFolder(Path.Combine(options.Folder, "data"));
        // No pool: its connections would not survive a kill.
        _database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Pooling = false, Timeout = 2 });
        var direct = new NpgsqlConnectionStringBuilder(postgres.ConnectionString);
        _way = new CuttingProxy(new Uri($"http://{direct.Host}:{direct.Port}/"));
        _web = new WebProcess(typeof(DataFolder).Assembly.Location, new Dictionary<string, string>
        {
            ["ConnectionStrings:FaceAd"] =
                new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Port = _way.Address.Port }.ConnectionString,
            ["Data:Folder"] = _data.Root,
            ["Models:Folder"] = options.Models,
            ["Logging:LogLevel:Default"] = "Warning",
        });
        _harm = new CrashHarm(_web, _postgres, _way);
    }

    /// <summary>Runs all cycles and the checks.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="log">Receives progress lines.</param>
    /// <param name="cancellation">Cancels the run.</param>
    public static async Task<CrashReport> RunAsync(CrashOptions options, Action<string> log, CancellationToken cancellation)
    {
        await using var postgres = await EmbeddedPostgres.StartAsync(
            Path.Combine(options.Folder, "postgres"), Repository.PostgresIn(options.NodeModules), cancellation);
        await using var run = new CrashRun(options, postgres, log);
        return await run.RunAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        await _way.DisposeAsync();
        await _database.DisposeAsync();
    }

    private async Task<CrashReport> RunAsync(CancellationToken cancellation)
    {
        await SeedAsync(cancellation);
        await _web.ReadyAsync(cancellation);
        var decisions = new DecisionSeals(
            _database, DataProtectionProvider.Create(new DirectoryInfo(_data.Keys), ring => ring.SetApplicationName("FaceAd")),
            TimeProvider.System, NullLogger<DecisionSeals>.Instance);
        await decisions.StartAsync(cancellation);
        var random = new Random(_options.Seed);
        using var stop = new CancellationTokenSource();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // Simulated time starts almost a day ago and runs faster than the clock; a screen's latest play must not be ahead of it.
        var start = TimeProvider.System.GetUtcNow().AddHours(-23);
        List<SimulatedPlayer> players = [.. Enumerable.Range(0, Players).Select(i => new SimulatedPlayer(
            [.. _screens.Where((_, n) => n % Players == i)], _creatives, decisions, _ledger, new Random(_options.Seed + 1 + i), start))];
        var playing = players.ConvertAll(p => p.RunAsync(() => _web.Address, stop.Token, giveUp.Token));
        try
        {
            var harm = await CrashAsync(random, players, cancellation);
            await UntilPostgresAnswersAsync(cancellation);
            await _web.ReadyAsync(cancellation);
            await stop.CancelAsync();
            await Task.WhenAll(playing).WaitAsync(Settling, cancellation);
            await SettleAsync(cancellation);
            await _web.KillAsync();
            var check = await CrashCheck.RunAsync(_database, _ledger, cancellation);
            return new CrashReport(
                harm, _ledger.AcknowledgedPlays.Count, _ledger.AcknowledgedReports.Count, check.Exposures,
                [.. _ledger.Faults.Distinct(), .. check.Faults]);
        }
        finally
        {
            await giveUp.CancelAsync();
            await stop.CancelAsync();
            await Task.WhenAll(playing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var player in players) player.Dispose();
        }
    }

    private async Task<SortedDictionary<CrashFault, int>> CrashAsync(
        Random random, List<SimulatedPlayer> players, CancellationToken cancellation)
    {
        SortedDictionary<CrashFault, int> harm = [];
        for (var cycle = 1; cycle <= _options.Cycles; cycle++)
        {
            await UntilPostgresAnswersAsync(cancellation);
            _web.EnsureStarted();
            // Most faults hit a serving process; one in five hits it while starting.
            if (random.Next(5) > 0)
            {
                await _web.ReadyAsync(cancellation);
                // Wait until there is something to lose; on a busy machine the kill would otherwise come before any report.
                var (clock, heard) = (Stopwatch.StartNew(), _ledger.Acknowledged + _options.FactsHeard);
                while (_ledger.Acknowledged < heard && clock.Elapsed < Settling) await Task.Delay(10, cancellation);
            }
            await Task.Delay(random.Next(100, 1200), cancellation);
            var (fault, before) = (CrashHarm.Choose(random, _options.Mixed), _ledger.Acknowledged);
            if (fault == CrashFault.Clock)
            {
                foreach (var player in players) player.ClockAhead = TimeSpan.FromSeconds(random.Next(-25, 26));
            }
            else
            {
                await _harm.DoAsync(fault, random, cancellation);
            }
            harm[fault] = harm.GetValueOrDefault(fault) + 1;
            _log(string.Create(
                CultureInfo.InvariantCulture, $"fault {cycle}: {CrashHarm.NameOf(fault)}, {before} facts acknowledged so far"));
        }
        return harm;
    }

    private async Task UntilPostgresAnswersAsync(CancellationToken cancellation)
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            try
            {
                await using var connection = await _database.OpenConnectionAsync(cancellation);
                return;
            }
            catch (NpgsqlException) when (clock.Elapsed < Settling)
            {
                await Task.Delay(30, cancellation);
            }
        }
    }

    /// <summary>Waits until all due exposures have been computed.</summary>
    private async Task SettleAsync(CancellationToken cancellation)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(100, cancellation))
        {
            await using var command = _database.CreateCommand(
                "SELECT (SELECT count(*) FROM plays WHERE exposures_due) + (SELECT count(*) FROM presences WHERE exposures_due)");
            if (await command.ExecuteScalarAsync(cancellation) is 0L) return;
            if (clock.Elapsed > Settling) throw new TimeoutException("Exposures are still due:\n" + string.Join('\n', _web.Output));
        }
    }

    private async Task SeedAsync(CancellationToken cancellation)
    {
        var now = TimeProvider.System.GetUtcNow();
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        await using var db = CrashCheck.NewContext(_database);
        await db.Database.MigrateAsync(cancellation);
        var site = new Site
        {
            Name = "Tower",
            Measurement = true,
            ConsentAt = now.AddDays(-60),
            ConsentReference = "Residents' resolution 1",
            CreatedAt = now.AddDays(-60),
        };
        var advertiser = new Organisation { Name = "Advertiser", Kind = OrganisationKind.Advertiser, CreatedAt = now };
        db.AddRange(site, advertiser);
        foreach (var targets in new Segment[][] { [Segment.Men2030], [Segment.Women2030, Segment.Silver], [Segment.Women4050] })
        {
            var (campaign, creative) = SampleCampaign.Of(
                advertiser, $"Campaign {_creatives.Count}", (day.AddDays(-5), day.AddDays(5)), targets, now);
            db.AddRange(campaign, creative);
            _creatives.Add(creative.Id);
        }
        for (var i = 0; i < Players * (1 + (_options.Cycles / FaultsOfAScreen)); i++)
        {
            var token = DeviceToken.Generate();
            var screen = new Screen
            {
                SiteId = site.Id,
                Name = $"Screen {i}",
                Mode = InferenceMode.Device,
                TokenHash = DeviceToken.Hash(token),
                CreatedAt = now,
            };
            db.Add(screen);
            _screens.Add((screen.Id, token));
        }
        await db.SaveChangesAsync(cancellation);
    }
}
