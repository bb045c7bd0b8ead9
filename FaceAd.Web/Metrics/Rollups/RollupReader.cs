using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Data;
using FaceAd.Web.Exposures;
using Npgsql;

namespace FaceAd.Web.Metrics.Rollups;

/// <summary>Sums over plays.</summary>
readonly record struct PlayFigures(long Plays, long Measured, long PlayMs)
{
    /// <summary>Selects them from rows of plays by day or hour, zeros from none.</summary>
    public const string Columns = "COALESCE(sum(plays), 0)::bigint, COALESCE(sum(measured), 0)::bigint, COALESCE(sum(play_ms), 0)::bigint";

    /// <summary>Reads what <see cref="Columns"/> selects.</summary>
    /// <param name="r">A row.</param>
    /// <param name="at">Position of the first column.</param>
    public static PlayFigures Read(NpgsqlDataReader r, int at) => new(r.GetInt64(at), r.GetInt64(at + 1), r.GetInt64(at + 2));

    public static PlayFigures operator +(PlayFigures a, PlayFigures b) =>
        new(a.Plays + b.Plays, a.Measured + b.Measured, a.PlayMs + b.PlayMs);
}

/// <summary>Sums over exposures.</summary>
readonly record struct ExposureFigures(
    long Impressions, long Completed, long Watched, long PresentMs, long AttentiveMs)
{
    /// <summary>Selects them from rows of exposures by day or hour, for a query with groups.</summary>
    public const string Columns = """
        sum(impressions)::bigint, sum(completed)::bigint, sum(watched)::bigint, sum(present_ms)::bigint, sum(attentive_ms)::bigint
        """;

    /// <summary>Reads what <see cref="Columns"/> selects.</summary>
    /// <param name="r">A row.</param>
    /// <param name="at">Position of the first column.</param>
    public static ExposureFigures Read(NpgsqlDataReader r, int at) => new(
        r.GetInt64(at), r.GetInt64(at + 1), r.GetInt64(at + 2), r.GetInt64(at + 3), r.GetInt64(at + 4));

    public static ExposureFigures operator +(ExposureFigures a, ExposureFigures b) => new(
        a.Impressions + b.Impressions, a.Completed + b.Completed, a.Watched + b.Watched, a.PresentMs + b.PresentMs,
        a.AttentiveMs + b.AttentiveMs);
}

/// <summary>Sums over the exposures of one counting period: the days whose people are counted.</summary>
/// <param name="Impressions">Exposures, with a recognised person or without.</param>
/// <param name="PersonExposures">Those of recognised people.</param>
readonly record struct PeriodFigures(long Impressions, long PersonExposures)
{
    /// <summary>Selects them from rows of exposures by day or hour.</summary>
    /// <param name="days">The period's days, as a condition.</param>
    public static string Columns(string days) =>
        $"COALESCE(sum(impressions) FILTER (WHERE {days}), 0)::bigint, COALESCE(sum(person_exposures) FILTER (WHERE {days}), 0)::bigint";

    /// <summary>Reads what <see cref="Columns"/> selects.</summary>
    /// <param name="r">A row.</param>
    /// <param name="at">Position of the first column.</param>
    public static PeriodFigures Read(NpgsqlDataReader r, int at) => new(r.GetInt64(at), r.GetInt64(at + 1));

    public static PeriodFigures operator +(PeriodFigures a, PeriodFigures b) =>
        new(a.Impressions + b.Impressions, a.PersonExposures + b.PersonExposures);
}

/// <summary>The rollups of a campaign, or of a part of it.</summary>
/// <param name="Plays">Plays of the selected part.</param>
/// <param name="AllPlays">Plays of the whole campaign on the same days.</param>
/// <param name="Exposures">Exposures by segment.</param>
/// <param name="Period">Exposures of the counting period, by segment.</param>
/// <param name="Reached">People reached by segment; null when they can no longer be counted for this query.</param>
/// <param name="Universe">People seen by segment.</param>
/// <param name="Histogram">Reached target people by number of exposures; empty when it is no longer available.</param>
/// <param name="Timeline">How the figures grew.</param>
/// <param name="Charged">Target impressions that are charged at the price per thousand.</param>
/// <param name="Delivered">Target impressions of the whole campaign to date.</param>
sealed record RollupFigures(
    PlayFigures Plays, PlayFigures AllPlays, Dictionary<Segment, ExposureFigures> Exposures, Dictionary<Segment, PeriodFigures> Period,
    Dictionary<Segment, int>? Reached, Dictionary<Segment, int> Universe, IReadOnlyList<int> Histogram,
    IReadOnlyList<MetricsPoint> Timeline, Charged Charged, long Delivered);

/// <summary>Target impressions of a campaign priced per thousand.</summary>
/// <param name="Before">Before the days in question.</param>
/// <param name="Until">Up to their end.</param>
readonly record struct Charged(long Before, long Until);

/// <summary>
/// Reads a campaign's figures from the rollups, in one round trip and each table once. The rows read grow with days, hours, screens and
/// segments; rows of individual people are read only for a screen, a creative, or the histogram of part of the window. Exposures are never
/// read.
/// </summary>
sealed class RollupReader(NpgsqlConnection connection, MetricsScope scope)
{
    private const string Days = "campaign_id = $1 AND day BETWEEN $2 AND $3";

    // $1 campaign, $2 and $3 days, $4 screens or null, $5 creative or null.
    private const string Filter = $"{Days} AND ($4::uuid[] IS NULL OR screen_id = ANY ($4)) AND ($5::uuid IS NULL OR creative_id = $5)";

    // The curve is hourly while all plays fall within this many days; by minute while they fall within two hours.
    private const int HourlyDays = 4;
    private static readonly TimeSpan Minutely = TimeSpan.FromHours(2);
    private readonly ReadBatch _batch = new(connection);

    private Guid Id => scope.Campaign.Id;

    private int[] Targets => [.. scope.Campaign.Targets.Select(t => (int)t)];

    private object?[] Whole => [Id, scope.Days.FirstDay, scope.Days.LastDay];

    private object?[] Filters => [.. Whole, scope.Screens, scope.Query.CreativeId];

    // The days in which people are counted.
    private object?[] Period => [Id, scope.Window.FirstDay, scope.Window.LastDay];

    private object?[] PeriodFilters => [.. Period, scope.Screens, scope.Query.CreativeId];

    // Whether hours can be distinguished: hourly reach is kept for whole epochs only.
    private bool HasHours => scope.Query.Everywhere && scope.WholeWindow;

    // The hour of a row while the curve is hourly; otherwise 0, so that the database sums whole days.
    private string Hour => HasHours
        ? $"CASE WHEN (SELECT max(day) - min(day) < {HourlyDays} FROM play_hours WHERE {Days}) THEN hour ELSE 0 END::int"
        : "0";

    /// <summary>Reads all figures.</summary>
    public async Task<RollupFigures> ReadAsync(CancellationToken cancellation)
    {
        var (plays, exposures, universe, charged, all) = (AskPlays(), AskExposures(), AskUniverse(), AskCharged(), AskAllPlays());
        var reach = scope.NeedsPersons ? AskPersons() : AskReach();
        var times = scope.NeedsPersons ? null : AskTimes();
        var delivered = _batch.Add("SELECT target_impressions FROM campaign_totals WHERE campaign_id = $1", [Id], r => r.GetInt64(0));
        await _batch.RunAsync(cancellation);

        var segments = exposures.GroupBy(e => e.Segment)
            .ToDictionary(g => g.Key, g => g.Aggregate(default(ExposureFigures), (sum, e) => sum + e.Figures));
        var period = exposures.Where(e => scope.Window.Contains(e.Day)).GroupBy(e => e.Segment).ToDictionary(g => g.Key, g =>
            g.Aggregate(default(PeriodFigures), (sum, e) => sum + new PeriodFigures(e.Figures.Impressions, e.PersonExposures)));
        // If people account for fewer exposures than were counted, some of them have been deleted.
        var isGone = scope.NeedsPersons && reach.Sum(r => r.Exposures) != period.Values.Sum(e => e.PersonExposures);
        var persons = reach.Where(r => r.Segment != Segment.Unknown).GroupBy(r => r.Segment)
            .ToDictionary(g => g.Key, g => g.Sum(r => r.Persons));
        var histogram = new int[ReachCount.Most];
        foreach (var (count, of) in times ?? reach.Where(r => IsTarget(r.Segment)).Select(r => (r.Times, r.Persons)))
            histogram[count - 1] += of;
        var part = plays.Aggregate(default(PlayFigures), (sum, p) => sum + p.Figures);
        return new RollupFigures(
            part, all.Count > 0 ? all[0] : part, segments, period, isGone ? null : persons,
            universe.ToDictionary(u => u.Segment, u => u.Persons),
            !isGone && histogram.Sum() == persons.Where(p => IsTarget(p.Key)).Sum(p => p.Value) ? histogram : [],
            await TimelineAsync(plays, exposures, reach, cancellation), charged.Count > 0 ? charged[0] : default,
            delivered.Count > 0 ? delivered[0] : 0);
    }

    /// <summary>Reads only what the campaign's cost depends on.</summary>
    public async Task<(PlayFigures AllPlays, Charged Charged)> ReadCostAsync(CancellationToken cancellation)
    {
        var (plays, charged) =
            (_batch.Add($"SELECT {PlayFigures.Columns} FROM play_hours WHERE {Days}", Whole, r => PlayFigures.Read(r, 0)), AskCharged());
        await _batch.RunAsync(cancellation);
        return (plays[0], charged.Count > 0 ? charged[0] : default);
    }

    private bool IsTarget(Segment segment) => Array.IndexOf(scope.Campaign.Targets, segment) >= 0;

    private IReadOnlyList<(DateOnly Day, int Hour, PlayFigures Figures)> AskPlays()
    {
        static (DateOnly, int, PlayFigures) Read(NpgsqlDataReader r) =>
            (r.GetFieldValue<DateOnly>(0), r.GetInt32(1), PlayFigures.Read(r, 2));
        return scope.Query.Everywhere
            ? _batch.Add($"SELECT day, {Hour}, {PlayFigures.Columns} FROM play_hours WHERE {Days} GROUP BY 1, 2", Whole, Read)
            : _batch.Add($"SELECT day, 0, {PlayFigures.Columns} FROM play_days WHERE {Filter} GROUP BY 1", Filters, Read);
    }

    // Plays of the whole campaign, for a part's share of the cost; none when the whole is selected.
    private IReadOnlyList<PlayFigures> AskAllPlays() => scope.Query.Everywhere
        ? []
        : _batch.Add($"SELECT {PlayFigures.Columns} FROM play_hours WHERE {Days}", Whole, r => PlayFigures.Read(r, 0));

    private IReadOnlyList<ExposureRow> AskExposures()
    {
        const string columns = $"sum(person_exposures)::bigint, {ExposureFigures.Columns}";
        static ExposureRow Read(NpgsqlDataReader r) => new(
            r.GetFieldValue<DateOnly>(0), r.GetInt32(1), (Segment)r.GetInt32(2), ExposureFigures.Read(r, 5), r.GetInt64(4), r.GetInt32(3));
        return scope.Query.Everywhere
            ? _batch.Add(
                $"SELECT day, {Hour}, segment, sum(reached)::int, {columns} FROM exposure_hours WHERE {Days} GROUP BY 1, 2, 3", Whole, Read)
            : _batch.Add($"SELECT day, 0, segment, 0, {columns} FROM exposure_days WHERE {Filter} GROUP BY 1, 3", Filters, Read);
    }

    // People reached for the first time in the counting period, by day.
    private IReadOnlyList<ReachRow> AskReach() => _batch.Add($"""
        SELECT segment, day, sum(persons)::int FROM reach_days
        WHERE {Days} AND epoch = $4 AND site_id = $5 AND previous_day < $2 GROUP BY 1, 2
        """, [.. Period, scope.Window.Epoch, scope.ReachSite],
        r => new ReachRow((Segment)r.GetInt32(0), r.GetFieldValue<DateOnly>(1), 0, r.GetInt32(2), 0));

    // The same from rows of individual people, with how often they were reached.
    private IReadOnlyList<ReachRow> AskPersons() => _batch.Add($"""
        SELECT segment, day, LEAST(times, {ReachCount.Most})::int, count(*)::int, sum(times)::bigint FROM (
            SELECT segment, min(day) AS day, sum(exposures) AS times FROM person_days WHERE {Filter}
                GROUP BY person_id, segment) AS per_person
        GROUP BY 1, 2, 3
        """, PeriodFilters,
        r => new ReachRow((Segment)r.GetInt32(0), r.GetFieldValue<DateOnly>(1), r.GetInt32(2), r.GetInt32(3), r.GetInt64(4)));

    // Target people by number of exposures.
    private IReadOnlyList<(int Times, int Persons)> AskTimes()
    {
        static (int, int) Read(NpgsqlDataReader r) => (r.GetInt32(0), r.GetInt32(1));
        return scope.WholeWindow
            ? _batch.Add("""
                SELECT times::int, sum(persons)::int FROM reach_counts
                WHERE campaign_id = $1 AND epoch = $2 AND site_id = $3 AND segment = ANY ($4) GROUP BY times
                """, [Id, scope.Window.Epoch, scope.ReachSite, Targets], Read)
            : _batch.Add($"""
                SELECT LEAST(times, {ReachCount.Most})::int, count(*)::int FROM (
                    SELECT sum(exposures) AS times FROM person_days WHERE {Filter} AND segment = ANY ($6) GROUP BY person_id) AS per_person
                GROUP BY 1
                """, [.. PeriodFilters, Targets], Read);
    }

    private IReadOnlyList<(Segment Segment, int Persons)> AskUniverse()
    {
        static (Segment, int) Read(NpgsqlDataReader r) => ((Segment)r.GetInt32(0), r.GetInt32(1));
        return scope.Query.ScreenId is { } screen
            ? _batch.Add("""
                SELECT segment, count(DISTINCT person_id)::int FROM visits WHERE screen_id = $3 AND day BETWEEN $1 AND $2
                    AND segment <> 0 GROUP BY segment
                """, [scope.Window.FirstDay, scope.Window.LastDay, screen], Read)
            : _batch.Add("""
                SELECT segment, sum(persons)::int FROM universe_days
                WHERE site_id = ANY ($1) AND epoch = $2 AND day BETWEEN $3 AND $4 AND previous_day < $3 GROUP BY segment
                """, [scope.UniverseSites, scope.Window.Epoch, scope.Window.FirstDay, scope.Window.LastDay], Read);
    }

    // Impressions charged at the price per thousand; none for a flat price.
    private IReadOnlyList<Charged> AskCharged() => scope.Campaign.PriceModel != PriceModel.PerThousand ? [] : _batch.Add("""
        SELECT COALESCE(sum(on_target) FILTER (WHERE day < $2), 0)::bigint, COALESCE(sum(on_target), 0)::bigint
        FROM exposure_hours WHERE campaign_id = $1 AND day <= $3
        """, Whole, r => new Charged(r.GetInt64(0), r.GetInt64(1)));

    private async Task<IReadOnlyList<MetricsPoint>> TimelineAsync(
        IReadOnlyList<(DateOnly Day, int Hour, PlayFigures Figures)> plays,
        IReadOnlyList<ExposureRow> exposures, IReadOnlyList<ReachRow> reach, CancellationToken cancellation)
    {
        if (HasHours && plays.Count == 0) return [];
        var isHourly = HasHours && plays.Max(p => p.Day).DayNumber - plays.Min(p => p.Day).DayNumber < HourlyDays;
        if (isHourly)
        {
            var (first, last) = (plays.Min(p => At(p.Day, p.Hour)), plays.Max(p => At(p.Day, p.Hour)));
            var end = last.AddHours(2) < scope.End ? last.AddHours(2) : scope.End.AddMinutes(-1);
            if (last - first < Minutely) return await ReadMinutesAsync(first, end, cancellation);
        }
        SortedDictionary<DateTimeOffset, MetricsPoint> steps = [];
        void Add(DateOnly day, int hour, long impressions, int reached, long played)
        {
            var at = At(day, hour);
            var step = steps.GetValueOrDefault(at) ?? new MetricsPoint(at, 0, 0, 0);
            steps[at] = new MetricsPoint(at, step.Impressions + impressions, step.ReachedSoFar + reached, step.Plays + (int)played);
        }
        foreach (var row in plays) Add(row.Day, row.Hour, 0, 0, row.Figures.Plays);
        foreach (var row in exposures)
            Add(row.Day, row.Hour, row.Figures.Impressions, isHourly && IsTarget(row.Segment) ? row.Reached : 0, 0);
        if (!isHourly)
        {
            foreach (var row in reach.Where(r => IsTarget(r.Segment))) Add(row.Day, 0, 0, row.Persons, 0);
        }
        return Cumulate(steps.Values);
    }

    private async Task<IReadOnlyList<MetricsPoint>> ReadMinutesAsync(
        DateTimeOffset first, DateTimeOffset last, CancellationToken cancellation) =>
        Cumulate(await connection.QueryAsync("""
            SELECT minute, sum(impressions)::bigint, sum(reached)::int, sum(plays)::int FROM (
                SELECT minute, impressions, reached, 0 AS plays FROM exposure_minutes WHERE campaign_id = $1 AND minute BETWEEN $2 AND $3
                UNION ALL SELECT minute, 0, 0, plays FROM play_minutes WHERE campaign_id = $1 AND minute BETWEEN $2 AND $3) AS m
            GROUP BY minute ORDER BY minute
            """, [Id, first, last],
            r => new MetricsPoint(r.GetFieldValue<DateTimeOffset>(0), r.GetInt64(1), r.GetInt32(2), r.GetInt32(3)), cancellation));

    private DateTimeOffset At(DateOnly day, int hour) => scope.Calendar.StartOf(day).AddHours(hour);

    // Turns the number reached in each step into a running total of the counting period.
    private IReadOnlyList<MetricsPoint> Cumulate(IEnumerable<MetricsPoint> steps)
    {
        var reached = 0;
        return [.. steps.Select(s => s with
        {
            ReachedSoFar = scope.Window.Contains(scope.Calendar.DayOf(s.At)) ? reached += s.ReachedSoFar ?? 0 : null,
        })];
    }

    /// <summary>Exposures of a segment on a day, or in an hour of it, and people reached for the first time.</summary>
    private readonly record struct ExposureRow(
        DateOnly Day, int Hour, Segment Segment, ExposureFigures Figures, long PersonExposures, int Reached);

    /// <summary>People of a segment first reached on a day; from person rows also how often, with how many exposures in all.</summary>
    private readonly record struct ReachRow(Segment Segment, DateOnly Day, int Times, int Persons, long Exposures);
}
