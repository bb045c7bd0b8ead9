using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Npgsql;

namespace FaceAd.Web.Metrics;

/// <summary>What was measured at some screens in the last 28 days, for advertisers about to book them.</summary>
/// <param name="Screens">Screens that the terms cover.</param>
/// <param name="Presences">
/// Presences of the selected segments in the selected hours, repeats included; null when there are too many screens to sum up.
/// </param>
/// <param name="MeasuredDays">Days on which anyone was measured there, at most 28.</param>
public sealed record PastAudience(int Screens, long? Presences, int MeasuredDays);

/// <summary>Sums measured presences. A record of the past, not a forecast: docs/metrics.md, "Audience of a place".</summary>
/// <param name="database">The database.</param>
/// <param name="screens">All screens.</param>
sealed class AudienceHistory(NpgsqlDataSource database, ScreenDirectory screens)
{
    /// <summary>Days looked back, excluding today.</summary>
    public const int Days = 28;

    /// <summary>The most screens that are summed while a user waits.</summary>
    public const int MostScreens = 300;

    /// <summary>Reads what was measured.</summary>
    /// <param name="targets">Segments.</param>
    /// <param name="siteIds">Sites; empty for all.</param>
    /// <param name="days">Days of the week, see <see cref="Dayparting"/>.</param>
    /// <param name="hours">Hours of the day.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<PastAudience> ReadAsync(
        IReadOnlyCollection<Segment> targets, IReadOnlyList<Guid> siteIds, int days, int hours, DateOnly today,
        CancellationToken cancellation = default)
    {
        var ids = screens.All.Where(s => Targeting.RunsAt(siteIds, s.SiteId)).Select(s => s.Id).ToArray();
        if (ids.Length is 0 or > MostScreens) return new PastAudience(ids.Length, ids.Length == 0 ? 0 : null, 0);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var (presences, measured) = (await connection.QueryAsync("""
            SELECT COALESCE(sum(presences) FILTER (WHERE segment = ANY ($4)
                       AND ($5 >> (extract(isodow FROM day)::int - 1)) & 1 = 1 AND ($6 >> hour::int) & 1 = 1), 0)::bigint,
                   count(DISTINCT day)::int
            FROM screen_hours WHERE screen_id = ANY ($1) AND day BETWEEN $2 AND $3
            """, [ids, today.AddDays(-Days), today.AddDays(-1), targets.Select(t => (int)t).ToArray(), days, hours],
            r => (r.GetInt64(0), r.GetInt32(1)), cancellation))[0];
        return new PastAudience(ids.Length, presences, measured);
    }
}
