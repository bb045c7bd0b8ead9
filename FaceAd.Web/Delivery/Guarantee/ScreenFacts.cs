using FaceAd.Core.Decisions;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Npgsql;

namespace FaceAd.Web.Delivery.Guarantee;

/// <summary>Who came to screens in some days and before, by the hour, and when the screens were silent.</summary>
sealed class ScreenFacts
{
    private readonly Dictionary<(Guid Screen, DateOnly Day, int Hour), (double Its, double All)> _came = [];
    private readonly Dictionary<(Guid Screen, int Day, int Hour), (double Its, double All)> _before = [];
    private readonly ILookup<Guid, (DateTimeOffset From, DateTimeOffset To)> _silences;

    private ScreenFacts(ILookup<Guid, (DateTimeOffset From, DateTimeOffset To)> silences) => _silences = silences;

    /// <summary>Whether anybody was measured there before.</summary>
    public bool KnowsPeople => _before.Count > 0;

    /// <summary>Reads.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="screens">The screens.</param>
    /// <param name="targets">Segments of the target.</param>
    /// <param name="days">First and last day.</param>
    /// <param name="before">First day before, and the first that is not.</param>
    /// <param name="now">The current time.</param>
    /// <param name="silent">How long ago a screen was heard that is silent now.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    public static async Task<ScreenFacts> ReadAsync(
        NpgsqlConnection connection, IReadOnlyList<ScreenEntry> screens, int[] targets, (DateOnly First, DateOnly Last) days,
        (DateOnly First, DateOnly End) before, DateTimeOffset now, TimeSpan silent, CancellationToken cancellation)
    {
        Guid[] ids = [.. screens.Select(s => s.Id)];
        var batch = new ReadBatch(connection);
        const string Sums = "COALESCE(sum(h.presences) FILTER (WHERE h.segment = ANY ($4)), 0)::float8, sum(h.presences)::float8";
        const string Hours = "unnest($1::uuid[]) s (id) JOIN screen_hours h ON h.screen_id = s.id AND h.day >= $2 AND h.day < $3";
        var came = batch.Add(
            $"SELECT h.screen_id, h.day, h.hour::int, {Sums} FROM {Hours} GROUP BY 1, 2, 3",
            [ids, days.First, days.Last.AddDays(1), targets],
            r => (Key: (r.GetGuid(0), r.GetFieldValue<DateOnly>(1), r.GetInt32(2)), Sums: (r.GetDouble(3), r.GetDouble(4))));
        var sums = batch.Add(
            $"SELECT h.screen_id, extract(isodow FROM h.day)::int - 1, h.hour::int, {Sums} FROM {Hours} GROUP BY 1, 2, 3",
            [ids, before.First, before.End, targets],
            r => (Screen: r.GetGuid(0), Day: r.GetInt32(1), Hour: r.GetInt32(2), Its: r.GetDouble(3), All: r.GetDouble(4)));
        var measured = batch.Add(
            $"SELECT count(DISTINCT h.day)::int FROM {Hours}", [ids, before.First, before.End], r => r.GetInt32(0));
        var silences = batch.Add("""
            SELECT g.screen_id, g.since, g.until FROM screen_gaps g WHERE g.screen_id = ANY ($1) AND g.until > $2
            UNION ALL
            SELECT id, last_seen_at, $3 FROM screens WHERE id = ANY ($1) AND last_seen_at < $4
            """, [ids, screens[0].Calendar.StartOf(days.First.AddDays(-1)), now, now - silent],
            r => (Screen: r.GetGuid(0), From: r.GetFieldValue<DateTimeOffset>(1), To: r.GetFieldValue<DateTimeOffset>(2)));
        await batch.RunAsync(cancellation);
        var facts = new ScreenFacts(silences.ToLookup(s => s.Screen, s => (s.From, s.To)));
        foreach (var (key, (its, all)) in came) facts._came[key] = (its, all);
        var weeks = measured[0] / 7.0;
        foreach (var hour in sums.GroupBy(s => (s.Screen, s.Hour)))
        {
            // Of less than two weeks, no day of the week is told from another.
            var mean = (Its: hour.Sum(h => h.Its) / measured[0], All: hour.Sum(h => h.All) / measured[0]);
            for (var day = 0; day < 7; day++)
            {
                var own = hour.FirstOrDefault(h => h.Day == day);
                facts._before[(hour.Key.Screen, day, hour.Key.Hour)] = weeks < 2 ? mean : (own.Its / weeks, own.All / weeks);
            }
        }
        return facts;
    }

    /// <summary>An hour of a screen; without what depends on the campaign.</summary>
    /// <param name="screen">The screen.</param>
    /// <param name="day">The site's day.</param>
    /// <param name="hour">Hour of the day.</param>
    /// <param name="from">Its first instant.</param>
    /// <param name="to">The first instant after it.</param>
    public ScreenTime Of(Guid screen, DateOnly day, int hour, DateTimeOffset from, DateTimeOffset to)
    {
        var (came, all) = _came.GetValueOrDefault((screen, day, hour));
        var (expected, expectedOfAll) = KnowsPeople ? _before.GetValueOrDefault((screen, Dayparting.Index(day.DayOfWeek), hour)) : (1, 0);
        return new ScreenTime(expected, expectedOfAll, came, all, 0, 0, Math.Min(1, _silences[screen].Sum(s => Share(s, from, to))));
    }

    /// <summary>The share of a time that lies in another.</summary>
    /// <param name="of">The other.</param>
    /// <param name="from">Its start.</param>
    /// <param name="to">Its end.</param>
    public static double Share((DateTimeOffset From, DateTimeOffset To) of, DateTimeOffset from, DateTimeOffset to)
    {
        var (first, last) = (of.From > from ? of.From : from, of.To < to ? of.To : to);
        return last > first ? (last - first) / (to - from) : 0;
    }
}
