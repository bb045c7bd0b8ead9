using FaceAd.Core;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using Npgsql;

namespace FaceAd.Web.Metrics;

/// <summary>
/// How many people had the opportunity to see a screen, whatever was playing. Definitions: docs/metrics.md, "Audience of a place".
/// </summary>
/// <param name="Ots">Opportunities to see: presences in view.</param>
/// <param name="Watchers">Presences of viewers who faced the screen for at least the threshold.</param>
/// <param name="Conversion">Watchers / OTS, 0..1; null without presences.</param>
/// <param name="DwellSeconds">Mean seconds in view; null without presences.</param>
/// <param name="AttentionSeconds">Mean seconds facing the screen; null without presences.</param>
sealed record AudienceCount(long Ots, long Watchers, double? Conversion, double? DwellSeconds, double? AttentionSeconds);

/// <summary>The audience of some screens on some days.</summary>
/// <param name="All">All viewers.</param>
/// <param name="Segments">By segment, unknown last.</param>
/// <param name="Hours">By hour of the day, 0..23.</param>
/// <param name="Screens">By screen.</param>
sealed record AudienceFigures(
    AudienceCount All, IReadOnlyList<(Segment Segment, AudienceCount Count)> Segments, IReadOnlyList<AudienceCount> Hours,
    IReadOnlyDictionary<Guid, AudienceCount> Screens);

/// <summary>Reads audiences from the presence rollup.</summary>
sealed class AudienceFiguresReader
{
    private static readonly TimeSpan RenewAfter = TimeSpan.FromSeconds(5);
    private readonly NpgsqlDataSource _database;
    private readonly RecentAnswers<(Guid? Site, DateOnly From, DateOnly To), AudienceFigures> _kept;

    public AudienceFiguresReader(NpgsqlDataSource database, TimeProvider time, ILogger<AudienceFiguresReader> log)
    {
        _database = database;
        _kept = new(q => ComputeAsync(q.Site, q.From, q.To, CancellationToken.None), time, (RenewAfter, log));
    }

    /// <summary>The audience of a site, or of all sites; at most a minute old, and renewed while it is looked at.</summary>
    /// <param name="siteId">The site; null for all.</param>
    /// <param name="from">First site day.</param>
    /// <param name="to">Last day.</param>
    public Task<AudienceFigures> ReadAsync(Guid? siteId, DateOnly from, DateOnly to) => _kept.ReadAsync((siteId, from, to));

    internal async Task<AudienceFigures> ComputeAsync(Guid? siteId, DateOnly from, DateOnly to, CancellationToken cancellation)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellation);
        // Summed in the database: it returns one row per hour and segment and one per screen, whatever the number of days.
        var rows = await connection.QueryAsync("""
            SELECT screen_id, hour::int, segment, sum(presences)::bigint, sum(watchers)::bigint, sum(present_ms)::bigint,
                sum(attentive_ms)::bigint
            FROM screen_hours WHERE day BETWEEN $1 AND $2 AND ($3::uuid IS NULL OR screen_id IN (SELECT id FROM screens WHERE site_id = $3))
            GROUP BY GROUPING SETS ((hour, segment), (screen_id))
            """, [from, to, siteId],
            r => (
                Screen: r.IsDBNull(0) ? (Guid?)null : r.GetGuid(0),
                Hour: r.IsDBNull(1) ? -1 : r.GetInt32(1),
                Segment: r.IsDBNull(2) ? Segment.Unknown : (Segment)r.GetInt32(2),
                Sums: new Sums(r.GetInt64(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6))), cancellation);
        var hours = rows.Where(r => r.Screen is null).ToList();
        AudienceCount Count(Func<(Guid? Screen, int Hour, Segment Segment, Sums Sums), bool> which) =>
            hours.Where(which).Aggregate(default(Sums), (sum, r) => sum + r.Sums).Count;
        return new AudienceFigures(
            Count(_ => true),
            [.. SegmentProbabilities.Segments.Append(Segment.Unknown).Select(s => (s, Count(r => r.Segment == s)))],
            [.. Enumerable.Range(0, 24).Select(hour => Count(r => r.Hour == hour))],
            rows.Where(r => r.Screen is not null).ToDictionary(r => r.Screen!.Value, r => r.Sums.Count));
    }

    private readonly record struct Sums(long Presences, long Watchers, long PresentMs, long AttentiveMs)
    {
        public AudienceCount Count => new(
            Presences, Watchers, MetricFormulas.Share(Watchers, Presences), MetricFormulas.MeanSeconds(PresentMs, Presences),
            MetricFormulas.MeanSeconds(AttentiveMs, Presences));

        public static Sums operator +(Sums one, Sums other) =>
            new(one.Presences + other.Presences, one.Watchers + other.Watchers, one.PresentMs + other.PresentMs,
                one.AttentiveMs + other.AttentiveMs);
    }
}
