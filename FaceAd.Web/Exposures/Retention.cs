using System.Globalization;
using FaceAd.Web.Audiences;
using FaceAd.Web.Data;
using FaceAd.Web.Players;
using FaceAd.Web.Plays;
using Npgsql;

namespace FaceAd.Web.Exposures;

/// <summary>
/// Deletes old raw facts: exposures by dropping their day's partition; presences, audiences and decisions in batches. The mark is set
/// first, so that a partly deleted day is never taken for a complete one. Plays are kept: they prove delivery; disputed ones prove nothing.
/// </summary>
sealed class Retention(NpgsqlDataSource database, ExposurePartitions partitions, PrivacyTerms terms, TimeProvider time,
    ILogger<Retention> log) : BackgroundService
{
    private const int BatchRows = 5_000;
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                await RunCycleAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogWarning("Could not delete old raw facts ({Reason}); will retry", exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Deletes expired facts.</summary>
    /// <returns>What was deleted; null when there was nothing left to do.</returns>
    internal async Task<RetentionMark?> RunCycleAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        // One day before the oldest day kept in any time zone.
        var day = DateOnly.FromDateTime(now.UtcDateTime).AddDays(-terms.RawDays - 2);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await DisputeStore.ForgetAsync(connection, now, cancellation);
        await connection.ExecuteAsync("DELETE FROM screen_gaps WHERE until < $1", [now - ScreenGap.Kept], cancellation);
        var done = await connection.QueryAsync(
            "SELECT 1 FROM retention_marks WHERE day >= $1 AND done_at IS NOT NULL", [day], _ => true, cancellation);
        if (done.Count > 0) return null;

        var mark = new RetentionMark { Day = day, MarkedAt = now };
        await connection.ExecuteAsync("""
            INSERT INTO retention_marks (day, marked_at, exposure_days, presences, audiences, decisions) VALUES ($1, $2, 0, 0, 0, 0)
            ON CONFLICT (day) DO NOTHING
            """, [day, now], cancellation);
        mark.ExposureDays = await DropPartitionsAsync(connection, day, cancellation);
        // Rows that a kept exposure may depend on end on that day or later, in every time zone.
        var before = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        var screens = await connection.QueryAsync("SELECT id FROM screens ORDER BY id", [], r => r.GetGuid(0), cancellation);
        foreach (var screen in screens)
        {
            mark.Presences += await DeleteAsync(
                connection, "presences", "screen_id = $1 AND seen_from < $2 AND seen_to < $2", screen, before, cancellation);
            mark.Decisions += await DeleteAsync(connection, "decisions", "screen_id = $1 AND at < $2", screen, before, cancellation);
            mark.Audiences += await DeleteAsync(
                connection, "audiences", "screen_id = $1 AND opened_at < $2 AND at < $2", screen, before, cancellation);
        }
        mark.DoneAt = time.GetUtcNow();
        await connection.ExecuteAsync("""
            UPDATE retention_marks
            SET done_at = $2, exposure_days = exposure_days + $3, presences = presences + $4, audiences = audiences + $5,
                decisions = decisions + $6
            WHERE day = $1
            """, [day, mark.DoneAt, mark.ExposureDays, mark.Presences, mark.Audiences, mark.Decisions], cancellation);
        log.LogInformation(
            "Deleted raw facts up to {Day}: {Days} days of exposures, {Presences} presences, {Audiences} audiences, {Decisions} decisions",
            day, mark.ExposureDays, mark.Presences, mark.Audiences, mark.Decisions);
        return mark;
    }

    private async Task<int> DropPartitionsAsync(NpgsqlConnection connection, DateOnly day, CancellationToken cancellation)
    {
        var names = await connection.QueryAsync(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'exposures'::regclass ORDER BY 1", [],
            r => r.GetString(0), cancellation);
        var dropped = 0;
        foreach (var name in names)
        {
            if (ExposurePartitions.DayOf(name) is not { } of || of > day) continue;
            // DROP locks the whole table. Waiting behind a long query, it would block all later queries, so it gives up after 5 s.
            await connection.ExecuteAsync("SET lock_timeout = '5s'", [], cancellation);
            await connection.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"DROP TABLE IF EXISTS {name}"), [], cancellation);
            partitions.Forget(of);
            dropped++;
        }
        return dropped;
    }

    private static async Task<long> DeleteAsync(
        NpgsqlConnection connection, string table, string condition, Guid screen, DateTimeOffset before, CancellationToken cancellation)
    {
        for (var all = 0L; ;)
        {
            var rows = (await connection.QueryAsync($"""
                WITH gone AS (DELETE FROM {table}
                    WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {condition} LIMIT {BatchRows})) RETURNING 1)
                SELECT count(*) FROM gone
                """, [screen, before], r => r.GetInt64(0), cancellation))[0];
            all += rows;
            if (rows < BatchRows) return all;
        }
    }
}
