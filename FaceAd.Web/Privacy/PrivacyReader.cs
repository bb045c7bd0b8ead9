using System.Globalization;
using FaceAd.Web.Audiences;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Privacy;

/// <summary>
/// Reads what is stored about people. Every query is bounded: it uses an index, stops after <see cref="MostCounted"/> rows, or reads the
/// catalogue.
/// </summary>
/// <param name="contexts">The database.</param>
/// <param name="database">The same database, for queries that EF Core cannot express.</param>
/// <param name="terms">Retention periods.</param>
/// <param name="time">The clock.</param>
sealed class PrivacyReader(
    IDbContextFactory<FaceAdDbContext> contexts, NpgsqlDataSource database, PrivacyTerms terms, TimeProvider time)
{
    /// <summary>Sites per page.</summary>
    public const int PageSize = 30;

    /// <summary>The most rows that are counted; beyond that the estimate is shown.</summary>
    public const int MostCounted = 100_000;

    private const int MostEnded = 6;

    private const string Persons = """
        SELECT k.epoch, k.created_at, (SELECT count(*)
            FROM (SELECT 1 FROM persons p WHERE p.site_id = k.site_id AND p.epoch = k.epoch LIMIT $2) counted)
        FROM epoch_keys k WHERE k.site_id = $1 ORDER BY k.epoch DESC
        """;

    // Two index probes per screen, whatever the number of rows.
    private static string Days(string table, string column) => $"""
        SELECT min(x.oldest), max(x.newest) FROM screens s, LATERAL (SELECT
            (SELECT {column} FROM {table} WHERE screen_id = s.id ORDER BY {column} LIMIT 1) AS oldest,
            (SELECT {column} FROM {table} WHERE screen_id = s.id ORDER BY {column} DESC LIMIT 1) AS newest) x
        """;

    // Partitions count with their table. Negative: never analysed by PostgreSQL.
    private const string Estimate = """
        SELECT sum(greatest(c.reltuples, 0))::bigint, min(c.reltuples) < 0 FROM pg_class c
        WHERE c.oid = $1::regclass AND c.relkind = 'r' OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = $1::regclass)
        """;

    /// <summary>Reads a page.</summary>
    /// <param name="after">Name of the previous page's last site; null for the first page.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<PrivacyFacts> ReadAsync(string? after = null, CancellationToken cancellation = default)
    {
        var (grace, rawDays) = terms;
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var sites = await db.Sites.FromSql($"SELECT * FROM sites WHERE {after}::text IS NULL OR name > {after}").AsNoTracking()
            .OrderBy(s => s.Name).Take(PageSize + 1).ToListAsync(cancellation);
        var more = sites.Count > PageSize;
        if (more) sites.RemoveAt(PageSize);
        var all = await db.Sites.CountAsync(cancellation);
        var measuring = await db.Sites.CountAsync(s => s.Measurement && s.ConsentAt != null && s.Notice.Trim() != "", cancellation);

        await using var connection = await database.OpenConnectionAsync(cancellation);
        List<SitePrivacy> people = [];
        foreach (var site in sites) people.Add(await ReadSiteAsync(connection, site, cancellation));
        StoredFacts[] facts =
        [
            await ReadFactsAsync(connection, FactKind.Plays, "plays", "started_at", null, cancellation),
            await ReadFactsAsync(connection, FactKind.Presences, "presences", "seen_from", rawDays, cancellation),
            await ReadExposuresAsync(connection, rawDays, cancellation),
            await ReadFactsAsync(connection, FactKind.Decisions, "decisions", "at", rawDays, cancellation),
        ];
        var binary = await connection.QueryAsync(
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type IN ('bytea', 'oid') ORDER BY 1",
            [], r => r.GetString(0), cancellation);
        return new PrivacyFacts(people, more ? sites[^1].Name : null, all, measuring, facts, rawDays, grace, binary);
    }

    private async Task<SitePrivacy> ReadSiteAsync(NpgsqlConnection connection, Site site, CancellationToken cancellation)
    {
        var calendar = site.Calendar();
        var today = calendar.DayOf(time.GetUtcNow());
        var running = calendar.EpochOf(today);
        var stored = await connection.QueryAsync(
            Persons, [site.Id, MostCounted + 1],
            row =>
            {
                var (epoch, persons) = (row.GetInt32(0), row.GetInt64(2));
                // The whole of that day belongs to the grace period, whatever the hour.
                var deleteOn = calendar.DayOf(terms.EndOf(calendar, epoch));
                return new StoredEpoch(
                    epoch, calendar.FirstDayOf(epoch), calendar.LastDayOf(epoch), row.GetFieldValue<DateTimeOffset>(1),
                    new RowCount(Math.Min(persons, MostCounted), persons > MostCounted), deleteOn, epoch == running, today > deleteOn);
            },
            cancellation);
        var ended = await connection.QueryAsync(
            "SELECT epoch, persons::bigint, ended_at FROM erasure_records WHERE site_id = $1 ORDER BY ended_at DESC LIMIT $2",
            [site.Id, MostEnded], row => new EndedEpoch(
                row.GetInt32(0), calendar.FirstDayOf(row.GetInt32(0)), calendar.LastDayOf(row.GetInt32(0)), row.GetInt64(1),
                row.GetFieldValue<DateTimeOffset>(2)),
            cancellation);
        return new SitePrivacy(site, (running, calendar.FirstDayOf(running), calendar.LastDayOf(running)), stored, ended);
    }

    private static async Task<StoredFacts> ReadFactsAsync(
        NpgsqlConnection connection, FactKind kind, string table, string column, int? keptDays, CancellationToken cancellation)
    {
        var (oldest, newest) = (await connection.QueryAsync(
            Days(table, column), [], row => (Day(row, 0), Day(row, 1)), cancellation))[0];
        return new StoredFacts(kind, await CountAsync(connection, table, cancellation), oldest, newest, keptDays is { } days
            ? oldest?.AddDays(days) : null);
    }

    // Partitions are named after their days, so the first and last day come from the catalogue.
    private static async Task<StoredFacts> ReadExposuresAsync(NpgsqlConnection connection, int keptDays, CancellationToken cancellation)
    {
        var days = await connection.QueryAsync(
            "SELECT min(right(c.relname, 8)), max(right(c.relname, 8)) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'exposures'::regclass AND c.relname ~ '^exposures_[0-9]{8}$'",
            [], row => (Oldest: Partition(row, 0), Newest: Partition(row, 1)), cancellation);
        return new StoredFacts(FactKind.Exposures, await CountAsync(connection, "exposures", cancellation), days[0].Oldest, days[0].Newest,
            days[0].Oldest?.AddDays(keptDays));
    }

    private static async Task<RowCount> CountAsync(NpgsqlConnection connection, string table, CancellationToken cancellation)
    {
        // Counts exactly up to the limit, where it stops.
        var counted = (await connection.QueryAsync(
            $"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {MostCounted + 1}) counted", [], row => row.GetInt64(0), cancellation))[0];
        if (counted <= MostCounted) return new RowCount(counted, false);
        var (estimate, partly) = (await connection.QueryAsync(
            Estimate, [table], row => (row.IsDBNull(0) ? 0 : row.GetInt64(0), !row.IsDBNull(1) && row.GetBoolean(1)), cancellation))[0];
        return new RowCount(estimate > MostCounted || !partly ? Math.Max(estimate, MostCounted) : null, true);
    }

    private static DateOnly? Day(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : DateOnly.FromDateTime(row.GetFieldValue<DateTimeOffset>(column).UtcDateTime);

    private static DateOnly? Partition(NpgsqlDataReader row, int column) => row.IsDBNull(column)
        ? null
        : DateOnly.ParseExact(row.GetString(column), "yyyyMMdd", CultureInfo.InvariantCulture);
}
