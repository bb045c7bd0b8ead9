using System.Diagnostics;
using System.Diagnostics.Metrics;
using FaceAd.Bench.Evaluation;
using FaceAd.Core;
using FaceAd.Web.Frames;
using FaceAd.Web.Players;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FaceAd.Bench.Ingest;

/// <summary>Figures in one table of the benchmark.</summary>
/// <param name="Rows">Distinct plays per round.</param>
/// <param name="Rounds">Number of rounds.</param>
/// <param name="GroupSize">Mean number of plays per commit of the intake in the last round; COPY commits as many.</param>
/// <param name="IntakeRate">Distinct plays per second through the intake, median.</param>
/// <param name="CopyRate">Rows per second of COPY in commits of the same size, median.</param>
/// <param name="CopyAllRate">Rows per second of a single COPY, median.</param>
/// <param name="Ratio">COPY's time / the intake's, commits of the same size.</param>
/// <param name="RatioToAll">The same against a single COPY of all rows.</param>
/// <param name="Steps">Share of each step in the intake's time; steps of two groups overlap, so the sum may exceed 1.</param>
sealed record IngestFigures(
    int Rows, int Rounds, double GroupSize, double IntakeRate, double CopyRate, double CopyAllRate, Figure Ratio, Figure RatioToAll,
    IReadOnlyList<(string Name, double Share)> Steps);

/// <summary>Runs the intake and plain COPYs alternately over the same plays, on one database.</summary>
sealed class IngestBench : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly NpgsqlDataSource _database;
    private GeneratedReports _reports = null!;
    private readonly SortedDictionary<string, (double Seconds, int Count)> _steps = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private int _groupsTaken;

    private IngestBench(string connectionString)
    {
        _database = new NpgsqlDataSourceBuilder(connectionString).Build();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "facead.plays.step") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) =>
        {
            var name = (string)tags[0].Value!;
            lock (_steps) _steps[name] = (_steps.GetValueOrDefault(name).Seconds + seconds, _steps.GetValueOrDefault(name).Count + 1);
        });
        _listener.Start();
    }

    /// <summary>Creates the tables, and the rows that plays refer to.</summary>
    public static async Task<IngestBench> StartAsync(string connectionString, int screens, CancellationToken cancellation)
    {
        var bench = new IngestBench(connectionString);
        bench._reports = await GeneratedReports.StartAsync(bench._database, screens, cancellation);
        return bench;
    }

    /// <summary>Measures one table.</summary>
    /// <param name="players">Number of players sending at the same time.</param>
    /// <param name="rows">Distinct plays per round.</param>
    /// <param name="duplicates">Repeated reports as a share of the distinct ones.</param>
    /// <param name="rounds">Number of rounds.</param>
    /// <param name="cancellation">Cancels the measurement.</param>
    public async Task<IngestFigures> RunAsync(int players, int rows, double duplicates, int rounds, CancellationToken cancellation)
    {
        List<(double Intake, double Copy, double CopyAll)> times = [];
        var groupSize = 0.0;
        for (var round = -1; round < rounds; round++) // the first one is a warm-up
        {
            if (round == 0)
            {
                lock (_steps) _steps.Clear();
                _groupsTaken = 0;
            }
            var feed = _reports.Feed(new Random(round + 100), players, rows, duplicates);
            var plays = feed.SelectMany(p => p.Requests.SelectMany(r => r).Select(r => (p.Screen, Report: r)))
                .DistinctBy(p => p.Report.PlayId).Select(p => _reports.ToPlay(p.Screen, p.Report)).ToArray();
            var time = new double[3];
            for (var turn = 0; turn < 3; turn++)
            {
                var way = (turn + Math.Max(0, round)) % 3;
                await ExecuteAsync("TRUNCATE plays, play_seals, screen_keys, campaign_totals", cancellation);
                await ExecuteAsync("CHECKPOINT", cancellation);
                time[way] = way switch
                {
                    0 => await IntakeAsync(feed, cancellation),
                    1 => await CopyAsync(plays, (int)Math.Ceiling(groupSize), cancellation),
                    _ => await CopyAsync(plays, rows, cancellation),
                };
                // The warm-up starts with the intake, so the group size is known when COPY first needs it.
                if (way == 0) groupSize = plays.Length / (double)TakeGroups();
                if (await CountAsync(cancellation) != plays.Length) throw new InvalidOperationException("Plays were lost or duplicated.");
            }
            if (round >= 0) times.Add((time[0], time[1], time[2]));
        }
        var all = times.Sum(t => t.Intake);
        return new IngestFigures(
            rows, rounds, groupSize, rows / Median(times, t => t.Intake), rows / Median(times, t => t.Copy),
            rows / Median(times, t => t.CopyAll), Ratio(times.ConvertAll(t => t.Copy / t.Intake)),
            Ratio(times.ConvertAll(t => t.CopyAll / t.Intake)),
            [.. _steps.Select(s => (s.Key, s.Value.Seconds / all))]);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _database.DisposeAsync();
        await _services.DisposeAsync();
    }

    // Number of groups since the last call.
    private int TakeGroups()
    {
        lock (_steps)
        {
            var groups = _steps["commit"].Count - _groupsTaken;
            _groupsTaken += groups;
            return groups;
        }
    }

    private static double Median(
        List<(double Intake, double Copy, double CopyAll)> times, Func<(double Intake, double Copy, double CopyAll), double> of) =>
        Bootstrap.Quantile([.. times.Select(of).Order()], 0.5);

    private static Figure Ratio(List<double> ratios) => new Bootstrap().Figures(
        ratios.Count, weights => Bootstrap.Quantile([.. ratios.SelectMany((r, i) => Enumerable.Repeat(r, weights[i])).Order()], 0.5))[0];

    private async Task<double> IntakeAsync(List<(ScreenEntry Screen, List<PlayReport[]> Requests)> feed, CancellationToken cancellation)
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        using var creatives = new PlayedCreatives(_database);
        using var intake = new PlayIntake(
            new PlayChecks(
                creatives, _reports.Decisions,
                new PlaySeals(new ScreenKeys(_database, TimeProvider.System, NullLogger<ScreenKeys>.Instance)),
                new ConnectedTimes(), new AnalysisGaps(), TimeProvider.System),
            new PlayStore(_database, meters), TimeProvider.System, meters, NullLogger<PlayIntake>.Instance);
        await intake.StartAsync(cancellation);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(feed.Select(player => Task.Run(
            async () =>
            {
                foreach (var request in player.Requests)
                {
                    // As in the endpoint: a request contains a play only once.
                    await intake.CommitAsync(player.Screen, [.. request.DistinctBy(r => r.PlayId)], cancellation);
                }
            },
            cancellation)));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await intake.StopAsync(cancellation);
        return seconds;
    }

    private async Task<double> CopyAsync(Play[] plays, int rowsPerCommit, CancellationToken cancellation)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellation);
        var started = Stopwatch.GetTimestamp();
        for (var at = 0; at < plays.Length; at += rowsPerCommit)
            await PlayStore.CopyAsync(connection, plays[at..Math.Min(plays.Length, at + rowsPerCommit)], cancellation);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        await using var command = _database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<long> CountAsync(CancellationToken cancellation)
    {
        await using var command = _database.CreateCommand("SELECT count(*) FROM plays");
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
