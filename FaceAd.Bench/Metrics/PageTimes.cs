using System.Diagnostics;
using System.Globalization;
using FaceAd.Web.Metrics;
using Npgsql;

namespace FaceAd.Bench.Metrics;

/// <summary>Median times for one size, in milliseconds.</summary>
/// <param name="Exposures">Number of exposures.</param>
/// <param name="Persons">Number of people.</param>
/// <param name="Page">All figures, curve and histogram of the campaign page.</param>
/// <param name="Part">The same for the last seven days.</param>
/// <param name="Screen">The same for one screen, which counts individual people.</param>
/// <param name="Raw">Impressions, Reach and Universe by COUNT(DISTINCT) over the raw rows.</param>
/// <param name="Differences">Number of figures that differ from those.</param>
sealed record PageTimes(long Exposures, int Persons, double Page, double Part, double Screen, double Raw, int Differences)
{
    // Warm up first: the product is long-running, so JIT compilation is not measured.
    private const int WarmUp = 100;

    private const int Rounds = 40;

    private const int RawRounds = 3;

    /// <summary>Names of the columns.</summary>
    public static string Header =>
        $"{"exposures",12}{"persons",9}{"page ms",10}{"7 days ms",11}{"screen ms",11}{"raw count ms",14}{"raw/page",10}{"differences",13}";

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Exposures,12}{Persons,9}{Page,10:F2}{Part,11:F2}{Screen,11:F2}{Raw,14:F0}{Raw / Page,10:F0}{Differences,13}");

    /// <summary>Measures one size.</summary>
    public static async Task<PageTimes> MeasureAsync(
        GeneratedHistory history, MetricsReader metrics, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var page = new MetricsQuery(history.Campaign);
        var week = page with
        {
            From = DateOnly.FromDateTime(GeneratedHistory.Now.UtcDateTime)
            .AddDays(-6),
            To = DateOnly.FromDateTime(GeneratedHistory.Now.UtcDateTime),
        };
        var whole = await metrics.ReadAsync(page, cancellation);
        var part = await metrics.ReadAsync(week, cancellation);
        var screen = await metrics.ReadAsync(page with { ScreenId = history.Screen }, cancellation);
        var differences = await DifferencesAsync(database, whole, null, cancellation)
            + await DifferencesAsync(database, part, null, cancellation)
            + await DifferencesAsync(database, screen, history.Screen, cancellation);
        return new PageTimes(
            history.Exposures, history.Persons,
            await MedianAsync(WarmUp, Rounds, () => metrics.ReadAsync(page, cancellation)),
            await MedianAsync(WarmUp, Rounds, () => metrics.ReadAsync(week, cancellation)),
            await MedianAsync(WarmUp, Rounds, () => metrics.ReadAsync(page with { ScreenId = history.Screen }, cancellation)),
            await MedianAsync(1, RawRounds, () => CountAsync(database, whole, null, cancellation)), differences);
    }

    private static async Task<int> DifferencesAsync(
        NpgsqlDataSource database, CampaignMetrics got, Guid? screen, CancellationToken cancellation)
    {
        var raw = await CountAsync(database, got, screen, cancellation);
        return new[]
        {
            raw.Impressions == got.Impressions, raw.Target == got.TargetImpressions, raw.Reached == got.Reached,
                raw.Universe == got.Universe,
            raw.Completed == got.Views.Completed, got.FrequencyHistogram.Sum() == got.Reached,
        }.Count(same => !same);
    }

    private static async Task<(long Impressions, long Target, long Reached, long Completed, long Universe)> CountAsync(
        NpgsqlDataSource database, CampaignMetrics asked, Guid? screen, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT count(*), count(*) FILTER (WHERE on_target), count(DISTINCT person_id) FILTER (WHERE on_target),
                count(*) FILTER (WHERE completed)
            FROM exposures WHERE campaign_id = $1 AND day BETWEEN $2 AND $3 AND ($4::uuid IS NULL OR screen_id = $4)
            """);
        command.Parameters.AddRange(
            new NpgsqlParameter[] { new() { Value = asked.Query.CampaignId }, new() { Value = asked.Days.FirstDay },
                new() { Value = asked.Days.LastDay }, new() { Value = (object?)screen ?? DBNull.Value } });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        // In this history everyone seen was also exposed, so the universe is the same count.
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(2));
    }

    private static async Task<double> MedianAsync<T>(int warmUp, int rounds, Func<Task<T>> work)
    {
        for (var i = 0; i < warmUp; i++) await work();
        List<double> times = [];
        for (var i = 0; i < rounds; i++)
        {
            var watch = Stopwatch.StartNew();
            await work();
            times.Add(watch.Elapsed.TotalMilliseconds);
        }
        times.Sort();
        return times[rounds / 2];
    }
}
