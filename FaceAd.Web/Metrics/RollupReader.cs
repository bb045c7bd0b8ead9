using FaceAd.Contracts;
using FaceAd.Web.Data;
using FaceAd.Web.Exposures;
using Npgsql;

namespace FaceAd.Web.Metrics;

/// <summary>Sums over plays.</summary>
readonly record struct PlayFigures(long Plays, long Measured, long PlayMs);

/// <summary>Sums over exposures.</summary>
readonly record struct ExposureFigures(long Impressions, long PersonExposures, long Completed, long Watched, long PresentMs, long AttentiveMs)
{
    public static ExposureFigures operator +(ExposureFigures a, ExposureFigures b) => new(
        a.Impressions + b.Impressions, a.PersonExposures + b.PersonExposures, a.Completed + b.Completed, a.Watched + b.Watched,
        a.PresentMs + b.PresentMs, a.AttentiveMs + b.AttentiveMs);
}

/// <summary>
/// Reads a campaign's figures from the rollups. What is read grows with days, hours, screens and segments; rows of single persons are
/// read only when a screen, a creative, or the histogram of some days is asked for. Exposures are never read.
/// </summary>
sealed class RollupReader(NpgsqlConnection connection, MetricsScope scope, CancellationToken cancellation)
{
    private const string Sums = """
        COALESCE(sum(impressions), 0)::bigint, COALESCE(sum(person_exposures), 0)::bigint, COALESCE(sum(completed), 0)::bigint,
        COALESCE(sum(watched), 0)::bigint, COALESCE(sum(present_ms), 0)::bigint, COALESCE(sum(attentive_ms), 0)::bigint
        """;

    // $1 campaign, $2 and $3 days, $4 screens or null, $5 creative or null.
    private const string Filter =
        "campaign_id = $1 AND day BETWEEN $2 AND $3 AND ($4::uuid[] IS NULL OR screen_id = ANY ($4)) AND ($5::uuid IS NULL OR creative_id = $5)";

    private static readonly TimeSpan Minutely = TimeSpan.FromHours(2);
    private static readonly TimeSpan Hourly = TimeSpan.FromDays(4);

    private Guid Id => scope.Campaign.Id;

    private int[] Targets => [.. scope.Campaign.Targets.Select(t => (int)t)];

    private object?[] Window => [Id, scope.Window.FirstDay, scope.Window.LastDay];

    private object?[] Filters => [.. Window, scope.Screens, scope.Query.CreativeId];

    /// <summary>Plays of the part asked for, and of the whole campaign.</summary>
    public async Task<(PlayFigures Part, PlayFigures All)> ReadPlaysAsync()
    {
        const string sums = "SELECT COALESCE(sum(plays), 0)::bigint, COALESCE(sum(measured), 0)::bigint, COALESCE(sum(play_ms), 0)::bigint FROM ";
        var all = (await QueryAsync($"{sums} play_hours WHERE campaign_id = $1 AND day BETWEEN $2 AND $3", Window, ReadPlays))[0];
        return scope.Query.Everywhere ? (all, all) : ((await QueryAsync($"{sums} play_days WHERE {Filter}", Filters, ReadPlays))[0], all);
    }

    /// <summary>Exposures by segment.</summary>
    public async Task<Dictionary<Segment, ExposureFigures>> ReadSegmentsAsync() =>
        (scope.Query.Everywhere
            ? await QueryAsync($"SELECT segment, {Sums} FROM exposure_hours WHERE campaign_id = $1 AND day BETWEEN $2 AND $3 GROUP BY segment", Window, ReadSegment)
            : await QueryAsync($"SELECT segment, {Sums} FROM exposure_days WHERE {Filter} GROUP BY segment", Filters, ReadSegment))
        .ToDictionary(r => r.Segment, r => r.Figures);

    /// <summary>Persons reached by segment; null when they cannot be counted this way any more.</summary>
    public async Task<Dictionary<Segment, int>?> ReadReachedAsync(IReadOnlyDictionary<Segment, ExposureFigures> exposures)
    {
        if (!scope.NeedsPersons)
        {
            return (await QueryAsync("""
                SELECT segment, sum(persons)::int FROM reach_days
                WHERE campaign_id = $1 AND epoch = $4 AND site_id = $5 AND day BETWEEN $2 AND $3 AND previous_day < $2 GROUP BY segment
                """, [.. Window, scope.Window.Epoch, scope.ReachSite], ReadCount)).ToDictionary(r => r.Segment, r => r.Count);
        }
        var rows = await QueryAsync(
            $"SELECT segment, count(DISTINCT person_id)::int, sum(exposures)::bigint FROM person_days WHERE {Filter} GROUP BY segment", Filters,
            r => (Segment: (Segment)r.GetInt32(0), Persons: r.GetInt32(1), Exposures: r.GetInt64(2)));
        if (rows.Sum(r => r.Exposures) != exposures.Values.Sum(e => e.PersonExposures)) return null;
        return rows.Where(r => r.Segment != Segment.Unknown).ToDictionary(r => r.Segment, r => r.Persons);
    }

    /// <summary>Persons seen by segment.</summary>
    public async Task<Dictionary<Segment, int>> ReadUniverseAsync()
    {
        if (scope.Query.ScreenId is { } screen)
        {
            var rows = await QueryAsync("""
                SELECT segment, count(DISTINCT person_id)::int FROM visits WHERE screen_id = $3 AND day BETWEEN $1 AND $2 AND segment <> 0 GROUP BY segment
                """, [scope.Window.FirstDay, scope.Window.LastDay, screen], ReadCount);
            return rows.ToDictionary(r => r.Segment, r => r.Count);
        }
        return (await QueryAsync("""
            SELECT segment, sum(persons)::int FROM universe_days
            WHERE site_id = ANY ($1) AND epoch = $2 AND day BETWEEN $3 AND $4 AND previous_day < $3 GROUP BY segment
            """, [scope.UniverseSites, scope.Window.Epoch, scope.Window.FirstDay, scope.Window.LastDay], ReadCount))
            .ToDictionary(r => r.Segment, r => r.Count);
    }

    /// <summary>Reached target persons by times; empty when it cannot be told any more.</summary>
    public async Task<IReadOnlyList<int>> ReadHistogramAsync(int reached)
    {
        var rows = scope.WholeWindow && !scope.NeedsPersons
            ? await QueryAsync("""
                SELECT times::int, sum(persons)::int FROM reach_counts
                WHERE campaign_id = $1 AND epoch = $2 AND site_id = $3 AND segment = ANY ($4) GROUP BY times
                """, [Id, scope.Window.Epoch, scope.ReachSite, Targets], ReadBin)
            : await QueryAsync($"""
                SELECT LEAST(times, {ReachCount.Most})::int, count(*)::int FROM (
                    SELECT sum(exposures) AS times FROM person_days WHERE {Filter} AND segment = ANY ($6) GROUP BY person_id) AS per_person
                GROUP BY 1
                """, [.. Filters, Targets], ReadBin);
        var histogram = new int[ReachCount.Most];
        foreach (var (times, persons) in rows) histogram[times - 1] = persons;
        return histogram.Sum() == reached ? histogram : [];
    }

    /// <summary>How the figures grew.</summary>
    public async Task<IReadOnlyList<MetricsPoint>> ReadTimelineAsync()
    {
        if (!scope.Query.Everywhere || !scope.WholeWindow) return await ReadDaysAsync();
        var hours = await QueryAsync("""
            (SELECT day, hour::int FROM play_hours WHERE campaign_id = $1 AND day BETWEEN $2 AND $3 ORDER BY day, hour LIMIT 1)
            UNION ALL (SELECT day, hour::int FROM play_hours WHERE campaign_id = $1 AND day BETWEEN $2 AND $3 ORDER BY day DESC, hour DESC LIMIT 1)
            """, Window, r => At(r.GetFieldValue<DateOnly>(0), r.GetInt32(1)));
        if (hours.Count < 2) return [];
        var span = hours[1] - hours[0];
        return span < Minutely ? await ReadMinutesAsync(hours[0], hours[1].AddHours(2)) : span < Hourly ? await ReadHoursAsync() : await ReadDaysAsync();
    }

    private async Task<IReadOnlyList<MetricsPoint>> ReadMinutesAsync(DateTimeOffset first, DateTimeOffset last) => Cumulate(await QueryAsync("""
        SELECT minute, sum(impressions)::bigint, sum(reached)::int, sum(plays)::int FROM (
            SELECT minute, impressions, reached, 0 AS plays FROM exposure_minutes WHERE campaign_id = $1 AND minute BETWEEN $2 AND $3
            UNION ALL SELECT minute, 0, 0, plays FROM play_minutes WHERE campaign_id = $1 AND minute BETWEEN $2 AND $3) AS m
        GROUP BY minute ORDER BY minute
        """, [Id, first, last],
        r => new MetricsPoint(r.GetFieldValue<DateTimeOffset>(0), r.GetInt64(1), r.GetInt32(2), r.GetInt32(3))));

    private async Task<IReadOnlyList<MetricsPoint>> ReadHoursAsync() => Cumulate(await QueryAsync("""
        SELECT day, hour, sum(impressions)::bigint, sum(reached)::int, sum(plays)::int FROM (
            SELECT day, hour, impressions, CASE WHEN segment = ANY ($4) THEN reached ELSE 0 END AS reached, 0 AS plays
            FROM exposure_hours WHERE campaign_id = $1 AND day BETWEEN $2 AND $3
            UNION ALL SELECT day, hour, 0, 0, plays FROM play_hours WHERE campaign_id = $1 AND day BETWEEN $2 AND $3) AS h
        GROUP BY day, hour ORDER BY day, hour
        """, [.. Window, Targets],
        r => new MetricsPoint(At(r.GetFieldValue<DateOnly>(0), r.GetInt16(1)), r.GetInt64(2), r.GetInt32(3), r.GetInt32(4))));

    private async Task<IReadOnlyList<MetricsPoint>> ReadDaysAsync()
    {
        var reached = scope.NeedsPersons
            ? $"SELECT min(day) AS day, 0, 1, 0 FROM person_days WHERE {Filter} AND segment = ANY ($6) GROUP BY person_id"
            : """
              SELECT day, 0, persons, 0 FROM reach_days
              WHERE campaign_id = $1 AND day BETWEEN $2 AND $3 AND previous_day < $2 AND segment = ANY ($6) AND epoch = $7 AND site_id = $8
              """;
        return Cumulate(await QueryAsync($"""
            SELECT day, sum(impressions)::bigint, sum(reached)::int, sum(plays)::int FROM (
                SELECT day, impressions, 0 AS reached, 0 AS plays FROM {(scope.Query.Everywhere ? "exposure_hours" : "exposure_days")} WHERE {ScreenFilter}
                UNION ALL {reached}
                UNION ALL SELECT day, 0, 0, plays FROM {(scope.Query.Everywhere ? "play_hours" : "play_days")} WHERE {ScreenFilter}) AS d
            GROUP BY day ORDER BY day
            """, [.. Filters, Targets, scope.Window.Epoch, scope.ReachSite],
            r => new MetricsPoint(scope.Calendar.StartOf(r.GetFieldValue<DateOnly>(0)), r.GetInt64(1), r.GetInt32(2), r.GetInt32(3))));
    }

    /// <summary>Target impressions before the window, and up to its end; what a price per thousand is charged by.</summary>
    public async Task<(long Before, long Until)> ReadChargedAsync() => (await QueryAsync("""
        SELECT COALESCE(sum(on_target) FILTER (WHERE day < $2), 0)::bigint, COALESCE(sum(on_target), 0)::bigint
        FROM exposure_hours WHERE campaign_id = $1 AND day <= $3
        """, Window, r => (r.GetInt64(0), r.GetInt64(1))))[0];

    // The hour tables know neither screens nor creatives; their parameters are named so that PostgreSQL knows their types.
    private string ScreenFilter => scope.Query.Everywhere
        ? "campaign_id = $1 AND day BETWEEN $2 AND $3 AND $4::uuid[] IS NULL AND $5::uuid IS NULL"
        : Filter;

    private DateTimeOffset At(DateOnly day, int hour) => scope.Calendar.StartOf(day).AddHours(hour);

    private static IReadOnlyList<MetricsPoint> Cumulate(List<MetricsPoint> steps)
    {
        var reached = 0;
        return [.. steps.Select(s => s with { ReachedSoFar = reached += s.ReachedSoFar })];
    }

    private static PlayFigures ReadPlays(NpgsqlDataReader r) => new(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2));

    private static (Segment Segment, ExposureFigures Figures) ReadSegment(NpgsqlDataReader r) =>
        ((Segment)r.GetInt32(0), new ExposureFigures(r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6)));

    private static (Segment Segment, int Count) ReadCount(NpgsqlDataReader r) => ((Segment)r.GetInt32(0), r.GetInt32(1));

    private static (int Times, int Persons) ReadBin(NpgsqlDataReader r) => (r.GetInt32(0), r.GetInt32(1));

    private Task<List<T>> QueryAsync<T>(string sql, object?[] values, Func<NpgsqlDataReader, T> read) => connection.QueryAsync(sql, values, read, cancellation);
}
