using System.Globalization;
using FaceAd.Core.Decisions;
using FaceAd.Web.Data;
using FaceAd.Web.Metrics;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Reports;

/// <summary>Builds reports from the rollups. Costs what a campaign page costs, plus one breakdown per requested table.</summary>
sealed class ReportReader(
    IDbContextFactory<FaceAdDbContext> contexts, NpgsqlDataSource database, MetricsReader metrics, MetricsFeed feed, TimeProvider time)
{
    private static readonly ReportColumn[] PartColumns =
    [
        new("name", ReportUnit.Text), new("plays", ReportUnit.Count), new("coverage", ReportUnit.Share),
        new("impressions", ReportUnit.Count), new("target_impressions", ReportUnit.Count), new("reached", ReportUnit.Count),
        new("reach", ReportUnit.Share), new("frequency", ReportUnit.Ratio), new("completed_views", ReportUnit.Count),
        new("completion_rate", ReportUnit.Share), new("cost_krw", ReportUnit.Krw), new("cpm_krw", ReportUnit.Krw),
    ];

    /// <summary>Reads a report.</summary>
    /// <param name="query">The campaign, and the part and days of it. The caller checks that the reader may see it.</param>
    /// <param name="exact">Whether people counts are exact: administrators only.</param>
    /// <param name="tables">Names of the tables; null for all.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="KeyNotFoundException">There is no such campaign.</exception>
    public async Task<CampaignReport> ReadAsync(
        MetricsQuery query, bool exact, IReadOnlyCollection<string>? tables = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var wanted = tables ?? ReportTables.All;
        MetricsScope scope;
        IReadOnlyList<string> places;
        await using (var db = await contexts.CreateDbContextAsync(cancellation))
        {
            query = await OwnAsync(db, query, cancellation);
            scope = await MetricsScope.OfAsync(db, query, time.GetUtcNow(), cancellation);
            places = await PlacesAsync(db, scope, cancellation);
        }
        var now = await metrics.ReadAsync(query, cancellation);
        var previous = Before(now.Window, scope);
        var before = previous is { } window && wanted.Contains(ReportTables.Figures)
            ? await metrics.ReadAsync(query with { From = window.FirstDay, To = window.LastDay }, cancellation)
            : null;
        var persons = SmallCounts.Of(now, exact);
        List<ReportTable> made = [];
        foreach (var key in wanted)
        {
            made.Add(key switch
            {
                ReportTables.Figures => Figures(now, persons, before, before is null ? null : SmallCounts.Of(before, exact)),
                ReportTables.Timeline => Timeline(now, persons),
                ReportTables.Segments => Segments(now, persons),
                ReportTables.Frequency => Frequency(persons),
                ReportTables.Sites => await PartsAsync(key, now, MetricsDimension.Site, exact),
                ReportTables.Screens => await PartsAsync(key, now, MetricsDimension.Screen, exact),
                ReportTables.Creatives => await PartsAsync(key, now, MetricsDimension.Creative, exact),
                ReportTables.Hours => await HoursAsync(scope, cancellation),
                _ => throw new ArgumentException($"There is no table \"{key}\".", nameof(tables)),
            });
        }
        return new CampaignReport
        {
            Campaign = scope.Campaign,
            Query = query,
            Window = now.Window,
            Previous = previous,
            Places = places,
            Exact = exact,
            ComputedAt = now.ComputedAt,
            Calendar = scope.Calendar,
            Tables = made,
        };
    }

    /// <summary>
    /// The period of the same length directly before a window; null unless it lies within the flight and one epoch, since otherwise it is
    /// not comparable.
    /// </summary>
    internal static MetricsWindow? Before(MetricsWindow window, MetricsScope scope)
    {
        var days = window.LastDay.DayNumber - window.FirstDay.DayNumber + 1;
        var (first, last) = (window.FirstDay.AddDays(-days), window.FirstDay.AddDays(-1));
        var epoch = scope.Calendar.EpochOf(first);
        return first >= scope.Campaign.StartsOn && epoch == scope.Calendar.EpochOf(last) ? new MetricsWindow(first, last, epoch) : null;
    }

    // A site, screen or creative that is not the campaign's is ignored: nothing about it is revealed, not even how many people were there.
    private static async Task<MetricsQuery> OwnAsync(FaceAdDbContext db, MetricsQuery query, CancellationToken cancellation)
    {
        if (query.Everywhere) return query;
        var sites = await db.Campaigns.Where(c => c.Id == query.CampaignId).Select(c => c.SiteIds).SingleOrDefaultAsync(cancellation) ?? [];
        var site = query.SiteId is { } s && await db.Sites.AnyAsync(x => x.Id == s, cancellation) && Targeting.RunsAt(sites, s)
            ? query.SiteId : null;
        var within = query.ScreenId is { } c ? await db.Screens.Where(x => x.Id == c).Select(x => (Guid?)x.SiteId)
            .SingleOrDefaultAsync(cancellation) : null;
        var creative = query.CreativeId is { } f
            && await db.Creatives.AnyAsync(x => x.Id == f && x.CampaignId == query.CampaignId, cancellation);
        return query with
        {
            SiteId = site,
            ScreenId = within is { } of && Targeting.RunsAt(sites, of) && (site is null || site == of) ? query.ScreenId : null,
            CreativeId = creative ? query.CreativeId : null,
        };
    }

    private static async Task<IReadOnlyList<string>> PlacesAsync(FaceAdDbContext db, MetricsScope scope, CancellationToken cancellation)
    {
        var (ids, query) = (scope.Campaign.SiteIds, scope.Query);
        if (query.ScreenId is { } screen)
            return await db.Screens.Where(s => s.Id == screen).Select(s => s.Site!.Name + ", " + s.Name).ToListAsync(cancellation);
        return await db.Sites.Where(s => query.SiteId == null ? ids.Length == 0 || ids.Contains(s.Id) : s.Id == query.SiteId)
            .OrderBy(s => s.Name).Select(s => s.Name).ToListAsync(cancellation);
    }

    private static ReportTable Figures(CampaignMetrics now, PersonFigures persons, CampaignMetrics? before, PersonFigures? personsBefore)
    {
        (string Key, ReportValue Now, ReportValue Before)[] rows =
        [
            Row("reach", ReportValue.Of(persons.Reach), personsBefore is null ? default : ReportValue.Of(personsBefore.Reach)),
            Row("reached", ReportValue.Of(persons.Reached), personsBefore is null ? default : ReportValue.Of(personsBefore.Reached)),
            Row("universe", ReportValue.Of(persons.Universe), personsBefore is null ? default : ReportValue.Of(personsBefore.Universe)),
            Row("frequency", ReportValue.Of(persons.Frequency), personsBefore is null ? default : ReportValue.Of(personsBefore.Frequency)),
            Row("grp", Grp(persons), personsBefore is null ? default : Grp(personsBefore)),
            Number("impressions", m => m.Impressions), Number("target_impressions", m => m.TargetImpressions),
            Number("on_target_share", m => m.OnTargetShare), Number("cost_krw", m => (double?)m.CostKrw), Number("cpm_krw", m => m.CpmKrw),
            Number("target_cpm_krw", m => m.TargetCpmKrw), Number("completed_views", m => m.Views.Completed),
            Number("completion_rate", m => m.Views.CompletionRate),
            Number("cost_per_completed_view_krw", m => m.Views.CostPerCompletedKrw), Number("watchers", m => m.Views.Watchers),
            Number("conversion", m => m.Views.Conversion), Number("dwell_seconds", m => m.Views.DwellSeconds),
            Number("attention_seconds", m => m.Views.AttentionSeconds), Number("plays", m => m.Plays),
            Number("measured_plays", m => m.MeasuredPlays), Number("coverage", m => m.Coverage),
        ];
        return new ReportTable(
            ReportTables.Figures, [new("figure", ReportUnit.Text), new("value", ReportUnit.Ratio), new("previous", ReportUnit.Ratio)],
            [.. rows.Select(r => (IReadOnlyList<ReportValue>)[ReportValue.Of(r.Key), r.Now, r.Before])]);

        static (string, ReportValue, ReportValue) Row(string key, ReportValue now, ReportValue before) => (key, now, before);
        (string, ReportValue, ReportValue) Number(string key, Func<CampaignMetrics, double?> of) =>
            (key, ReportValue.Of(of(now)), before is null ? default : ReportValue.Of(of(before)));
    }

    private static ReportValue Grp(PersonFigures p) =>
        new(null, MetricFormulas.Grp(p.Reach.Value, p.Frequency.Value), p.Reach.Few || p.Frequency.Few);

    /// <summary>Unit of a row in the table of figures.</summary>
    /// <param name="key">The figure.</param>
    public static ReportUnit UnitOf(string key) => key switch
    {
        "reach" or "on_target_share" or "completion_rate" or "conversion" or "coverage" => ReportUnit.Share,
        "frequency" or "grp" => ReportUnit.Ratio,
        "cost_krw" or "cpm_krw" or "target_cpm_krw" or "cost_per_completed_view_krw" => ReportUnit.Krw,
        "dwell_seconds" or "attention_seconds" => ReportUnit.Seconds,
        _ => ReportUnit.Count,
    };

    private static ReportTable Timeline(CampaignMetrics now, PersonFigures persons) => new(
        ReportTables.Timeline,
        [new("from", ReportUnit.Text), new("plays", ReportUnit.Count), new("impressions", ReportUnit.Count),
            new("reached_so_far", ReportUnit.Count)],
        [.. now.Timeline.Select((p, i) => (IReadOnlyList<ReportValue>)[
            ReportValue.Of(p.At.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture)), ReportValue.Of(p.Plays),
            ReportValue.Of(p.Impressions), ReportValue.Of(persons.ReachedSoFar[i])])]);

    private static ReportTable Segments(CampaignMetrics now, PersonFigures persons) => new(
        ReportTables.Segments,
        [
            new("segment", ReportUnit.Text), new("targeted", ReportUnit.Text), new("impressions", ReportUnit.Count),
            new("persons", ReportUnit.Count), new("reach", ReportUnit.Share), new("frequency", ReportUnit.Ratio),
            new("completed_views", ReportUnit.Count), new("completion_rate", ReportUnit.Share), new("dwell_seconds", ReportUnit.Seconds),
            new("attention_seconds", ReportUnit.Seconds), new("cpm_krw", ReportUnit.Krw),
        ],
        [.. now.Segments.Select(s =>
        {
            var p = persons.Segments[s.Segment];
            return (IReadOnlyList<ReportValue>)[
                ReportValue.Of(s.Segment.ToString()), ReportValue.Of(s.Targeted ? "yes" : "no"), ReportValue.Of(s.Impressions),
                ReportValue.Of(p.Persons), ReportValue.Of(p.Reach), ReportValue.Of(p.Frequency), ReportValue.Of(s.Views.Completed),
                ReportValue.Of(s.Views.CompletionRate), ReportValue.Of(s.Views.DwellSeconds), ReportValue.Of(s.Views.AttentionSeconds),
                ReportValue.Of(s.CpmKrw)];
        })]);

    private static ReportTable Frequency(PersonFigures persons) => new(
        ReportTables.Frequency, [new("exposures", ReportUnit.Text), new("persons", ReportUnit.Count)],
        [.. (persons.Histogram ?? []).Select((bin, i) => (IReadOnlyList<ReportValue>)[
            ReportValue.Of((i + 1).ToString(CultureInfo.InvariantCulture) + (i + 1 == persons.Histogram!.Count ? "+" : "")),
            ReportValue.Of(bin)])]);

    private async Task<ReportTable> PartsAsync(string key, CampaignMetrics now, MetricsDimension dimension, bool exact)
    {
        var parts = await feed.ReadPartsAsync(now.Query, dimension);
        var persons = SmallCounts.Of(parts, now.Reached, dimension == MetricsDimension.Site, exact);
        return new ReportTable(key, PartColumns, [.. parts.Zip(persons, (p, who) => (IReadOnlyList<ReportValue>)[
            ReportValue.Of(p.Within is { } within ? $"{within}, {p.Name}" : p.Name), ReportValue.Of(p.Plays), ReportValue.Of(p.Coverage),
            ReportValue.Of(p.Impressions), ReportValue.Of(p.TargetImpressions), ReportValue.Of(who.Persons), ReportValue.Of(who.Reach),
            ReportValue.Of(who.Frequency), ReportValue.Of(p.Views.Completed), ReportValue.Of(p.Views.CompletionRate),
            ReportValue.Of((double?)p.CostKrw), ReportValue.Of(p.CpmKrw)])]);
    }

    // Weeks start on Monday. Hours are rolled up for whole campaigns only: for a part the table is empty.
    private async Task<ReportTable> HoursAsync(MetricsScope scope, CancellationToken cancellation)
    {
        ReportColumn[] columns = [new("weekday", ReportUnit.Text), .. Enumerable.Range(0, 24)
            .Select(h => new ReportColumn(h.ToString("00", CultureInfo.InvariantCulture), ReportUnit.Count))];
        if (!scope.Query.Everywhere) return new ReportTable(ReportTables.Hours, columns, []);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync("""
            SELECT EXTRACT(ISODOW FROM day)::int, hour::int, sum(impressions)::bigint FROM exposure_hours
            WHERE campaign_id = $1 AND day BETWEEN $2 AND $3 GROUP BY 1, 2
            """, [scope.Campaign.Id, scope.Window.FirstDay, scope.Window.LastDay],
            r => (Weekday: r.GetInt32(0), Hour: r.GetInt32(1), Impressions: r.GetInt64(2)), cancellation);
        if (rows.Count == 0) return new ReportTable(ReportTables.Hours, columns, []);
        var cells = rows.ToDictionary(r => (r.Weekday, r.Hour), r => r.Impressions);
        return new ReportTable(ReportTables.Hours, columns, [.. Enumerable.Range(1, 7).Select(weekday => (IReadOnlyList<ReportValue>)[
            ReportValue.Of(((DayOfWeek)(weekday % 7)).ToString()),
            .. Enumerable.Range(0, 24).Select(hour => ReportValue.Of(cells.GetValueOrDefault((weekday, hour))))])]);
    }
}
