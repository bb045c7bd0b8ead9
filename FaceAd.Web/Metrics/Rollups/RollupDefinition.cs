using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Exposures;
using FaceAd.Web.Plays;

namespace FaceAd.Web.Metrics.Rollups;

/// <summary>
/// What one rollup must contain, as SQL over its source rows. A recomputed null means that the sum can no longer be recomputed, and is not
/// compared. The statements read the temporary table <c>sealed</c>: raw_day, person_day (nothing up to these days can be recomputed) and
/// person_epoch.
/// </summary>
/// <param name="Shape">The rollup's table and columns.</param>
/// <param name="Truth">Selects keys and sums from the source rows.</param>
/// <param name="Open">Condition for stored rows that can be recomputed.</param>
sealed record RollupDefinition(RollupShape Shape, string Truth, string Open)
{
    private const string Nowhere = "'00000000-0000-0000-0000-000000000000'::uuid";

    // What each sum over exposures e is, by its column.
    private static readonly Dictionary<string, string> ExposureTruth = new()
    {
        ["impressions"] = "count(*)",
        ["on_target"] = "count(*) FILTER (WHERE e.on_target)",
        ["person_exposures"] = "CASE WHEN e.day > (SELECT person_day FROM sealed) THEN count(e.person_id) END",
        ["completed"] = "count(*) FILTER (WHERE e.completed)",
        ["watched"] = "count(*) FILTER (WHERE e.watched)",
        ["present_ms"] = "sum(round(e.seconds_present * 1000))::bigint",
        ["attentive_ms"] = "sum(round(e.seconds_attentive * 1000))::bigint",
    };

    // What each sum over plays p is, by its column.
    private static readonly Dictionary<string, string> PlayTruth = new()
    {
        ["plays"] = "count(*)",
        ["measured"] = "count(*) FILTER (WHERE p.measured)",
        ["play_ms"] = "sum(floor(extract(epoch FROM p.ended_at - p.started_at) * 1000))::bigint",
    };

    private static readonly string ExposureSums = Select(ExposureRollups.Days.Sums, ExposureTruth);

    private static readonly string PlaySums = Select(PlayRollups.Days.Sums, PlayTruth);

    private const string PlaySites = "plays p JOIN screens c ON c.id = p.screen_id JOIN sites s ON s.id = c.site_id";

    private const string RawOpen = "day > (SELECT raw_day FROM sealed)";

    // Each person's first exposure to each campaign in their epoch.
    private const string Firsts = """
        SELECT DISTINCT ON (d.campaign_id, d.person_id) d.campaign_id, d.segment, d.day, d.first_at,
               CASE WHEN (d.first_at AT TIME ZONE s.time_zone)::date > d.day THEN 23
                   ELSE extract(hour FROM d.first_at AT TIME ZONE s.time_zone) END::int AS hour
        FROM person_days d JOIN persons p ON p.id = d.person_id JOIN sites s ON s.id = p.site_id
        WHERE d.segment <> 0 ORDER BY d.campaign_id, d.person_id, d.first_at, d.day
        """;

    private const string BusyPersons = "SELECT person_id FROM presences WHERE exposures_due AND person_id IS NOT NULL";

    /// <summary>All rollups; those derived from other rollups come after them.</summary>
    public static IReadOnlyList<RollupDefinition> All { get; } =
    [
        new(PlayRollups.Days,
            $"SELECT p.campaign_id, p.day, p.screen_id, p.creative_id, {PlaySums} FROM plays p WHERE p.campaign_id IS NOT NULL GROUP BY 1, 2, 3, 4", "true"),
        new(PlayRollups.Hours,
            $"SELECT p.campaign_id, p.day, extract(hour FROM p.started_at AT TIME ZONE s.time_zone)::int AS hour, {PlaySums} FROM {PlaySites} WHERE p.campaign_id IS NOT NULL GROUP BY 1, 2, 3", "true"),
        new(PlayRollups.Minutes,
            $"SELECT p.campaign_id, date_trunc('minute', p.started_at) AS minute, {PlaySums} FROM plays p WHERE p.campaign_id IS NOT NULL GROUP BY 1, 2", "true"),
        new(ExposureRollups.Days,
            $"SELECT e.campaign_id, e.day, e.screen_id, e.creative_id, e.segment, {ExposureSums} FROM exposures e WHERE e.{RawOpen} GROUP BY 1, 2, 3, 4, 5", RawOpen),
        new(ExposureRollups.PersonDays,
            $"""
            SELECT e.campaign_id, e.day, e.screen_id, e.creative_id, e.person_id, count(*) AS exposures,
                   CASE WHEN e.person_id NOT IN ({BusyPersons}) THEN max(p.segment) END AS segment, min(e.at) AS first_at
            FROM exposures e JOIN persons p ON p.id = e.person_id GROUP BY 1, 2, 3, 4, 5
            """, RawOpen),
        new(ExposureRollups.Visits,
            $"""
            SELECT v.person_id, v.day, v.screen_id, p.segment FROM (
                SELECT q.person_id, q.screen_id, d::date AS day
                FROM presences q JOIN screens c ON c.id = q.screen_id JOIN sites s ON s.id = c.site_id,
                     generate_series((q.seen_from AT TIME ZONE s.time_zone)::date,
                         (GREATEST(q.seen_from, q.seen_to - interval '1 microsecond') AT TIME ZONE s.time_zone)::date,
                             interval '1 day') AS d
                WHERE q.person_id IS NOT NULL
                UNION SELECT person_id, screen_id, day FROM exposures WHERE person_id IS NOT NULL) AS v
            JOIN persons p ON p.id = v.person_id JOIN sites s ON s.id = p.site_id
            WHERE floor((v.day - s.epoch_anchor) / {SiteCalendar.EpochDays}.0) = p.epoch AND v.person_id NOT IN ({BusyPersons})
            """, $"{RawOpen} AND person_id NOT IN ({BusyPersons})"),
        new(ExposureRollups.Hours,
            $"""
            SELECT x.*, CASE WHEN x.day > (SELECT person_day FROM sealed) THEN COALESCE(f.reached, 0) END AS reached FROM (
                SELECT e.campaign_id, e.day,
                       CASE WHEN (e.at AT TIME ZONE s.time_zone)::date > e.day THEN 23
                           ELSE extract(hour FROM e.at AT TIME ZONE s.time_zone) END::int AS hour,
                       e.segment, {ExposureSums}
                FROM exposures e JOIN screens c ON c.id = e.screen_id JOIN sites s ON s.id = c.site_id WHERE e.{RawOpen}
                    GROUP BY 1, 2, 3, 4) AS x
            LEFT JOIN (SELECT campaign_id, day, hour, segment, count(*) AS reached FROM ({Firsts}) AS f GROUP BY 1, 2, 3, 4) AS f
                USING (campaign_id, day, hour, segment)
            """, RawOpen),
        new(ExposureRollups.Minutes,
            $"""
            SELECT x.campaign_id, x.minute, x.impressions,
                   CASE WHEN x.minute > (SELECT person_day + 2 FROM sealed) THEN COALESCE(f.reached, 0) END AS reached
            FROM (SELECT campaign_id, date_trunc('minute', at) AS minute, count(*) AS impressions FROM exposures WHERE {RawOpen}
                GROUP BY 1, 2) AS x
            LEFT JOIN (
                SELECT f.campaign_id, date_trunc('minute', f.first_at) AS minute, count(*) AS reached
                FROM ({Firsts}) AS f JOIN campaigns k ON k.id = f.campaign_id AND f.segment = ANY (k.targets) GROUP BY 1, 2) AS f
                USING (campaign_id, minute)
            """, "minute > (SELECT raw_day + 2 FROM sealed)"),
        new(ExposureRollups.UniverseDays,
            $"""
            SELECT COALESCE(site_id, {Nowhere}) AS site_id, epoch, segment, day, previous_day, count(*) AS persons FROM (
                SELECT p.site_id, p.epoch, v.segment, v.day,
                       COALESCE(lag(v.day) OVER (PARTITION BY v.person_id ORDER BY v.day), '-infinity') AS previous_day
                FROM (SELECT DISTINCT person_id, day, segment FROM visits WHERE segment <> 0) AS v
                    JOIN persons p ON p.id = v.person_id) AS pairs
            WHERE epoch > (SELECT person_epoch FROM sealed)
            GROUP BY GROUPING SETS ((site_id, epoch, segment, day, previous_day), (epoch, segment, day, previous_day))
            """, "epoch > (SELECT person_epoch FROM sealed)"),
        new(ExposureRollups.ReachDays,
            $"""
            SELECT campaign_id, epoch, COALESCE(site_id, {Nowhere}) AS site_id, segment, day, previous_day, count(*) AS persons FROM (
                SELECT d.campaign_id, p.epoch, p.site_id, d.segment, d.day,
                       COALESCE(lag(d.day) OVER (PARTITION BY d.campaign_id, d.person_id ORDER BY d.day), '-infinity') AS previous_day
                FROM (SELECT DISTINCT campaign_id, person_id, day, segment FROM person_days WHERE segment <> 0) AS d
                JOIN persons p ON p.id = d.person_id) AS pairs
            WHERE epoch > (SELECT person_epoch FROM sealed)
            GROUP BY GROUPING SETS ((campaign_id, epoch, site_id, segment, day, previous_day),
                (campaign_id, epoch, segment, day, previous_day))
            """, "epoch > (SELECT person_epoch FROM sealed)"),
        new(ExposureRollups.ReachCounts,
            $"""
            SELECT campaign_id, epoch, COALESCE(site_id, {Nowhere}) AS site_id, segment, times, count(*) AS persons FROM (
                SELECT d.campaign_id, p.epoch, p.site_id, d.segment, LEAST(sum(d.exposures), {ReachCount.Most})::int AS times
                FROM person_days d JOIN persons p ON p.id = d.person_id WHERE d.segment <> 0
                GROUP BY d.campaign_id, p.epoch, p.site_id, d.segment, d.person_id) AS per_person
            WHERE epoch > (SELECT person_epoch FROM sealed)
            GROUP BY GROUPING SETS ((campaign_id, epoch, site_id, segment, times), (campaign_id, epoch, segment, times))
            """, "epoch > (SELECT person_epoch FROM sealed)"),
        new(ExposureRollups.ScreenHours,
            """
            SELECT screen_id, day, hour, segment, count(*) AS presences, NULL::bigint AS watchers, sum(present)::bigint AS present_ms,
                sum(attentive)::bigint AS attentive_ms
            FROM (
                SELECT q.screen_id, (q.seen_from AT TIME ZONE s.time_zone)::date AS day,
                    extract(hour FROM q.seen_from AT TIME ZONE s.time_zone)::int AS hour,
                       CASE WHEN q.exposures_due THEN q.counted_segment ELSE COALESCE(p.segment, q.segment) END AS segment,
                       CASE WHEN q.exposures_due THEN q.counted_present_ms ELSE
                           floor(extract(epoch FROM q.seen_to - q.seen_from) * 1000) END AS present,
                       CASE WHEN q.exposures_due THEN q.counted_attentive_ms ELSE round(q.seconds_attentive * 1000) END AS attentive
                FROM presences q JOIN screens c ON c.id = q.screen_id JOIN sites s ON s.id = c.site_id
                    LEFT JOIN persons p ON p.id = q.person_id) AS x
            WHERE segment IS NOT NULL AND day > (SELECT raw_day FROM sealed) GROUP BY 1, 2, 3, 4
            """, RawOpen),
        new(ExposureRollups.CampaignDays,
            "SELECT campaign_id, day, sum(impressions)::bigint AS impressions, sum(on_target)::bigint AS on_target FROM exposure_hours GROUP BY 1, 2", "true"),
        new(SlotRollups.Hours,
            $"""
            SELECT c.site_id, (d.at AT TIME ZONE s.time_zone)::date AS day, extract(hour FROM d.at AT TIME ZONE s.time_zone)::int AS hour,
                   count(*) AS slots, count(d.campaign_id) AS filled
            FROM decisions d JOIN screens c ON c.id = d.screen_id JOIN sites s ON s.id = c.site_id
            WHERE d.viewers > 0 AND d.reason <> {(int)DecisionReason.ServerAway}
                AND (d.at AT TIME ZONE s.time_zone)::date > (SELECT raw_day FROM sealed)
            GROUP BY 1, 2, 3
            """, RawOpen),
        new(PlayRollups.Totals,
            """
            SELECT campaign_id, sum(plays)::bigint AS plays, sum(measured)::bigint AS measured_plays,
                sum(impressions)::bigint AS impressions,
                   sum(on_target)::bigint AS target_impressions
            FROM (
                SELECT campaign_id, plays, measured, 0 AS impressions, 0 AS on_target FROM play_hours
                UNION ALL SELECT campaign_id, 0, 0, impressions, on_target FROM exposure_hours) AS h
            GROUP BY 1
            """, "true"),
        new(PlayRollups.Creatives, "SELECT creative_id, sum(plays)::bigint AS plays FROM play_days GROUP BY 1", "true"),
    ];

    /// <summary>The rollup's table.</summary>
    public string Table => Shape.Table;

    /// <summary>Its other columns than those of the key.</summary>
    public string[] Sums => Shape.Sums;

    private string[] Keys => Shape.Keys;

    // A row missing on one side equals a row of zeros; a person's row has no zeros and must not be missing.
    private string Wrong => string.Join(" OR ", Sums.Select(s =>
        s is "segment" or "first_at"
            ? $"(t.{Keys[0]} IS NULL OR s.{Keys[0]} IS NULL OR (t.{s} IS NOT NULL AND t.{s} <> s.{s}))"
            : $"(t.{Keys[0]} IS NULL AND s.{s} <> 0) OR (t.{s} IS NOT NULL AND t.{s} <> COALESCE(s.{s}, 0))"));

    private string Both => $"""
        ({Truth}) AS t FULL JOIN (SELECT * FROM {Table} WHERE {Open}) AS s ON {string.Join(" AND ", Keys.Select(k => $"t.{k} = s.{k}"))}
        """;

    /// <summary>Selects the rows that differ: the key, then each sum as stored and as recomputed.</summary>
    public string Differences => $"""
        SELECT {string.Join(", ", Keys.Select(k => $"COALESCE(t.{k}, s.{k}) AS {k}"))},
               {string.Join(", ", Sums.Select(s => $"s.{s} AS stored_{s}, t.{s} AS true_{s}"))}
        FROM {Both} WHERE {Wrong}
        """;

    /// <summary>Repairs the rows that differ.</summary>
    public string Repair => Sums.Contains("segment") || Sums.Contains("first_at") ? RepairPersons : $"""
        INSERT INTO {Table} ({string.Join(", ", Keys.Concat(Sums))})
        SELECT {string.Join(", ", Keys.Select(k => $"COALESCE(t.{k}, s.{k})"))},
               {string.Join(", ", Sums.Select(s => $"COALESCE(t.{s}, CASE WHEN t.{Keys[0]} IS NULL THEN 0 ELSE s.{s} END, 0)"))}
        FROM {Both} WHERE {Wrong}
        ON CONFLICT ({string.Join(", ", Keys)}) DO UPDATE SET {string.Join(", ", Sums.Select(s => $"{s} = excluded.{s}"))}
        """;

    // Person rows either exist or not: surplus ones are deleted, missing ones inserted.
    private string RepairPersons => $"""
        WITH wrong AS ({Differences}),
        gone AS (DELETE FROM {Table} x USING wrong w WHERE {string.Join(" AND ", Keys.Select(k => $"x.{k} = w.{k}"))}
            AND w.true_{Sums[0]} IS NULL)
        INSERT INTO {Table} ({string.Join(", ", Keys.Concat(Sums))})
        SELECT {string.Join(", ", Keys)}, {string.Join(", ", Sums.Select(s => $"COALESCE(true_{s}, stored_{s})"))} FROM wrong
            WHERE true_{Sums[0]} IS NOT NULL
        ON CONFLICT ({string.Join(", ", Keys)}) DO UPDATE SET {string.Join(", ", Sums.Select(s => $"{s} = excluded.{s}"))}
        """;

    // A sum without its SQL is a fault at the first use.
    private static string Select(string[] sums, Dictionary<string, string> truth) =>
        string.Join(", ", sums.Select(s => $"{truth[s]} AS {s}"));
}
