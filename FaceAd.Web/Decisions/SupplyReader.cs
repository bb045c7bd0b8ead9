using FaceAd.Core;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Decisions;

/// <summary>
/// Who is expected in view, from the presences of the last 28 days by hour of the week. What was read of a day's past is kept until another
/// day is asked for, so that a building is read once a day.
/// </summary>
sealed class SupplyReader([ScreensPool] NpgsqlDataSource database) : IDisposable
{
    /// <summary>Days looked back at, the last of them yesterday.</summary>
    public const int Days = 28;

    /// <summary>A sample says enough of when people come. By a fixed order, so that it is the same sample each time.</summary>
    public const int MostScreens = 500;

    private const string HourOfWeek = "(extract(isodow FROM h.day)::int - 1), h.hour";

    private readonly SemaphoreSlim _reading = new(1, 1); // guards what follows
    private readonly Dictionary<Guid, double[]?> _sites = []; // null: nobody was seen there
    private double[]? _everywhere;
    private DateOnly _today;
    private long _measured;

    /// <summary>Reads.</summary>
    /// <param name="sites">Sites to be told apart.</param>
    /// <param name="today">The day; it is not counted, since it is not over.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    public async Task<Supply> ReadAsync(IReadOnlyCollection<Guid> sites, DateOnly today, CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            if (today != _today) (_today, _everywhere) = (today, null);
            if (_everywhere is null) await ReadEverywhereAsync(cancellation);
            if (_measured == 0) return Supply.Unknown;
            Guid[] missing = [.. sites.Where(s => !_sites.ContainsKey(s)).Distinct()];
            if (missing.Length > 0) await ReadSitesAsync(missing, cancellation);
            return new Supply(
                _everywhere!, sites.Distinct().Where(s => _sites[s] is not null).ToDictionary(s => s, s => _sites[s]!));
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private async Task ReadEverywhereAsync(CancellationToken cancellation)
    {
        _sites.Clear();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var (screens, days) = (await connection.QueryAsync("""
            SELECT count(*), COALESCE((
                SELECT count(DISTINCT h.day) FROM (SELECT id FROM screens ORDER BY id LIMIT $1) s
                JOIN screen_hours h ON h.screen_id = s.id AND h.day >= $2 AND h.day < $3), 0)
            FROM screens
            """, [MostScreens, _today.AddDays(-Days), _today], r => (r.GetInt64(0), r.GetInt64(1)), cancellation))[0];
        var scale = Math.Max(1, (double)screens / MostScreens);
        var sums = Supply.NewWeek();
        foreach (var row in await connection.QueryAsync($"""
            SELECT h.segment, {HourOfWeek}, sum(h.presences)::float8 FROM (SELECT id FROM screens ORDER BY id LIMIT $1) s
            JOIN screen_hours h ON h.screen_id = s.id AND h.day >= $2 AND h.day < $3 AND h.segment > 0 GROUP BY 1, 2, 3
            """, [MostScreens, _today.AddDays(-Days), _today],
            r => (Segment: (Segment)r.GetInt32(0), Day: r.GetInt32(1), Hour: r.GetInt16(2), Sum: r.GetDouble(3)), cancellation))
            sums[Supply.Place(row.Segment, row.Day, row.Hour)] = row.Sum * scale;
        (_measured, _everywhere) = (days, InWeek(sums, days));
    }

    private async Task ReadSitesAsync(Guid[] sites, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var sums = sites.ToDictionary(s => s, _ => Supply.NewWeek());
        foreach (var row in await connection.QueryAsync($"""
            SELECT s.site_id, h.segment, {HourOfWeek}, sum(h.presences)::float8 FROM screens s
            JOIN screen_hours h ON h.screen_id = s.id AND h.day >= $2 AND h.day < $3 AND h.segment > 0
            WHERE s.site_id = ANY ($1) GROUP BY 1, 2, 3, 4
            """, [sites, _today.AddDays(-Days), _today],
            r => (Site: r.GetGuid(0), Segment: (Segment)r.GetInt32(1), Day: r.GetInt32(2), Hour: r.GetInt16(3), Sum: r.GetDouble(4)),
            cancellation))
            sums[row.Site][Supply.Place(row.Segment, row.Day, row.Hour)] = row.Sum;
        foreach (var (site, week) in sums) _sites[site] = week.Sum() > 0 ? InWeek(week, _measured) : null;
    }

    // Sums of some days as those of a week. Of less than two weeks, no day of the week is told from another.
    private static double[] InWeek(double[] sums, long days)
    {
        var week = Supply.NewWeek();
        if (days == 0) return week;
        foreach (var segment in SegmentProbabilities.Segments)
        {
            for (var hour = 0; hour < 24; hour++)
            {
                var day = Enumerable.Range(0, 7).Sum(d => sums[Supply.Place(segment, d, hour)]) / days;
                for (var d = 0; d < 7; d++)
                {
                    week[Supply.Place(segment, d, hour)] =
                        days < 14 ? day : sums[Supply.Place(segment, d, hour)] * 7 / days;
                }
            }
        }
        return week;
    }
}
