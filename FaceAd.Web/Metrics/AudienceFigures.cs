using FaceAd.Contracts;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Metrics;

/// <summary>How many people had the opportunity to see a screen, whatever was playing. Definitions: docs/metrics.md, "Audience of a place".</summary>
/// <param name="Ots">Opportunities to see: stays in view.</param>
/// <param name="Watchers">Stays of viewers who faced the screen for at least the threshold.</param>
/// <param name="Conversion">Watchers / OTS, 0..1; null without anybody.</param>
/// <param name="DwellSeconds">Mean seconds in view; null without anybody.</param>
/// <param name="AttentionSeconds">Mean seconds facing the screen; null without anybody.</param>
public sealed record AudienceCount(long Ots, long Watchers, double? Conversion, double? DwellSeconds, double? AttentionSeconds);

/// <summary>The audience of some screens in some days.</summary>
/// <param name="All">Everybody.</param>
/// <param name="Segments">By segment, unknown last.</param>
/// <param name="Hours">By hour of the day, 0..23.</param>
/// <param name="Screens">By screen.</param>
public sealed record AudienceFigures(
    AudienceCount All, IReadOnlyList<(Segment Segment, AudienceCount Count)> Segments, IReadOnlyList<AudienceCount> Hours,
    IReadOnlyDictionary<Guid, AudienceCount> Screens);

/// <summary>Reads the audience of places from the rollup of stays.</summary>
public sealed class AudienceFiguresReader(NpgsqlDataSource database)
{
    /// <summary>The audience of a site, or of all.</summary>
    /// <param name="siteId">The site; null for all.</param>
    /// <param name="from">First day of the site.</param>
    /// <param name="to">Last day.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<AudienceFigures> ReadAsync(Guid? siteId, DateOnly from, DateOnly to, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync("""
            SELECT screen_id, hour::int, segment, sum(stays)::bigint, sum(watchers)::bigint, sum(present_ms)::bigint, sum(attentive_ms)::bigint
            FROM screen_hours WHERE day BETWEEN $1 AND $2 AND screen_id IN (SELECT id FROM screens WHERE $3::uuid IS NULL OR site_id = $3)
            GROUP BY 1, 2, 3
            """, [from, to, siteId],
            r => new Row(r.GetGuid(0), r.GetInt32(1), (Segment)r.GetInt32(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6)), cancellation);
        return new AudienceFigures(
            Count(rows),
            [.. SegmentProbabilities.Segments.Append(Segment.Unknown).Select(s => (s, Count(rows.Where(r => r.Segment == s))))],
            [.. Enumerable.Range(0, 24).Select(hour => Count(rows.Where(r => r.Hour == hour)))],
            rows.GroupBy(r => r.Screen).ToDictionary(g => g.Key, Count));
    }

    private static AudienceCount Count(IEnumerable<Row> rows)
    {
        var (stays, watchers, present, attentive) = rows.Aggregate(
            (0L, 0L, 0L, 0L), (sum, r) => (sum.Item1 + r.Stays, sum.Item2 + r.Watchers, sum.Item3 + r.PresentMs, sum.Item4 + r.AttentiveMs));
        return new AudienceCount(
            stays, watchers, MetricFormulas.Share(watchers, stays), MetricFormulas.MeanSeconds(present, stays), MetricFormulas.MeanSeconds(attentive, stays));
    }

    private sealed record Row(Guid Screen, int Hour, Segment Segment, long Stays, long Watchers, long PresentMs, long AttentiveMs);
}
