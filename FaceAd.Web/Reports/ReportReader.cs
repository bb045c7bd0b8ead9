using System.Globalization;
using FaceAd.Core.Decisions;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using FaceAd.Web.Delivery;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics;
using FaceAd.Web.Metrics.Comparisons;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;

namespace FaceAd.Web.Reports;

/// <summary>Builds reports from the rollups. Costs what a campaign page costs, plus one breakdown per requested table.</summary>
sealed class ReportReader(
    IDbContextFactory<FaceAdDbContext> contexts, MetricsReader metrics, MetricsFeed feed,
    IStringLocalizer<Texts> texts, TimeProvider time)
{
    private static readonly ReportColumn[] PartColumns =
    [
        new("name", ReportUnit.Text), new("plays", ReportUnit.Count), new("coverage", ReportUnit.Share),
        new("impressions", ReportUnit.Count), new("target_impressions", ReportUnit.Count), new("reached", ReportUnit.Count),
        new("reach", ReportUnit.Share), new("frequency", ReportUnit.Ratio), new("completed_views", ReportUnit.Count),
        new("completion_rate", ReportUnit.Share), new("accrued_cost_krw", ReportUnit.Krw), new("cpm_krw", ReportUnit.Krw),
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
        string owner;
        await using (var db = await contexts.CreateDbContextAsync(cancellation))
        {
            query = await OwnAsync(db, query, cancellation);
            scope = await MetricsScope.OfAsync(db, query, time.GetUtcNow(), cancellation);
            places = await PlacesAsync(db, scope, cancellation);
            owner = await db.Organisations.Where(o => o.Kind == OrganisationKind.MediaOwner).OrderBy(o => o.CreatedAt).Select(o => o.Name)
                .FirstOrDefaultAsync(cancellation) ?? "FaceAd";
        }
        var now = await metrics.ReadAsync(query, cancellation);
        var previous = ComparedDays.Before(ComparedWith.DaysBefore, now.Days, scope.Campaign, scope.Calendar);
        var before = previous is { } window && wanted.Contains(ReportTables.Figures)
            ? await metrics.ReadAsync(query with { From = window.FirstDay, To = window.LastDay }, cancellation)
            : null;
        var persons = SmallCounts.Of(now, exact);
        List<ReportTable> made = [];
        foreach (var key in wanted)
        {
            made.Add(key switch
            {
                ReportTables.Figures => Figures(
                    now, before, exact, Pacing.Of(scope.Campaign, scope.Calendar, now.ComputedAt, now.Delivered),
                    now.Query.Everywhere && now.Days == new MetricsDays(scope.Campaign.StartsOn, scope.Campaign.EndsOn)),
                ReportTables.Periods => await PeriodsAsync(now, scope, exact, cancellation),
                ReportTables.Definitions => Definitions(),
                ReportTables.Timeline => Timeline(now, persons),
                ReportTables.Segments => Segments(now, persons),
                ReportTables.Frequency => Frequency(persons),
                ReportTables.Sites => await PartsAsync(key, now, MetricsDimension.Site, exact),
                ReportTables.Screens => await PartsAsync(key, now, MetricsDimension.Screen, exact),
                ReportTables.Creatives => await PartsAsync(key, now, MetricsDimension.Creative, exact),
                ReportTables.Flights => Flights(scope.Campaign),
                ReportTables.Hours => Hours(await metrics.ReadHoursAsync(scope.Query, cancellation)),
                _ => throw new ArgumentException($"There is no table \"{key}\".", nameof(tables)),
            });
        }
        return new CampaignReport
        {
            Campaign = scope.Campaign,
            Query = query,
            Days = now.Days,
            Window = now.Window,
            Previous = previous,
            MediaOwner = owner,
            Places = places,
            Exact = exact,
            ComputedAt = now.ComputedAt,
            Calendar = scope.Calendar,
            Tables = made,
        };
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

    /// <summary>The table of figures.</summary>
    /// <param name="now">The figures.</param>
    /// <param name="before">Those of the preceding period; null without one.</param>
    /// <param name="exact">Whether people counts are exact.</param>
    /// <param name="pacing">The campaign's pacing.</param>
    /// <param name="whole">Whether the figures are those of the whole campaign and flight, as its pacing is.</param>
    internal static ReportTable Figures(CampaignMetrics now, CampaignMetrics? before, bool exact, Pacing pacing, bool whole)
    {
        var (persons, personsBefore) = (SmallCounts.Of(now, exact), before is null ? null : SmallCounts.Of(before, exact));
        return new ReportTable(
            ReportTables.Figures, [new("figure", ReportUnit.Text), new("value", ReportUnit.Ratio), new("previous", ReportUnit.Ratio)],
            [.. MetricDefinitions.All.Select(d => (IReadOnlyList<ReportValue>)[
                ReportValue.Of(d.Key), ReportValue.Of(Figure(d.Key, now, persons) ?? OfPlan(d.Key)),
                before is null ? default : ReportValue.Of(Figure(d.Key, before, personsBefore!) ?? default)])]);

        ShownFigure OfPlan(string key) => !whole ? ShownFigure.No(NoFigure.WholeOnly) : key switch
        {
            "committed_cost_krw" => new(pacing.CommittedKrw),
            "projected_cost_krw" => pacing.ProjectedKrw,
            "credit_krw" => pacing.CreditKrw,
            "planned_target_impressions" => new(pacing.Planned is { } planned ? Math.Floor(planned) : null),
            "pacing" => new(pacing.Index),
            "projected_target_impressions" => pacing.Projected,
            _ => throw new ArgumentException($"There is no figure {key}.", nameof(key)),
        };
    }

    // Null for figures of the plan.
    private static ShownFigure? Figure(string key, CampaignMetrics m, PersonFigures persons) => key switch
    {
        "reach" => persons.Reach,
        "reached" => persons.Reached,
        "universe" => persons.Universe,
        "frequency" => persons.Frequency,
        "grp" => persons.Grp,
        "impressions" => new(m.Impressions),
        "target_impressions" => new(m.TargetImpressions),
        "on_target_share" => new(m.OnTargetShare),
        "accrued_cost_krw" => new((double?)m.CostKrw),
        "cpm_krw" => CostFigures.Cpm(m),
        "target_cpm_krw" => CostFigures.TargetCpm(m),
        "completed_views" => new(m.Views.Completed),
        "completion_rate" => new(m.Views.CompletionRate),
        "cost_per_completed_view_krw" => CostFigures.PerCompletedView(m),
        "watchers" => new(m.Views.Watchers),
        "conversion" => new(m.Views.Conversion),
        "dwell_seconds" => new(m.Views.DwellSeconds),
        "attention_seconds" => new(m.Views.AttentionSeconds),
        "plays" => new(m.Plays),
        "measured_plays" => new(m.MeasuredPlays),
        "coverage" => new(m.Coverage),
        _ => null,
    };

    // The current period is that of the figures above, so that both say the same; earlier ones are read for themselves.
    private async Task<ReportTable> PeriodsAsync(CampaignMetrics now, MetricsScope scope, bool exact, CancellationToken cancellation)
    {
        List<IReadOnlyList<ReportValue>> rows = [];
        foreach (var m in await metrics.ReadPeriodsAsync(now, scope.Calendar, cancellation))
        {
            var persons = SmallCounts.Of(m, exact);
            rows.Add([
                ReportValue.Of(m.Window.FirstDay.Iso()), ReportValue.Of(m.Window.LastDay.Iso()),
                ReportValue.Of(m.Segments.Sum(s => s.PeriodImpressions)), ReportValue.Of(persons.Reached),
                ReportValue.Of(persons.Universe), ReportValue.Of(persons.Reach), ReportValue.Of(persons.Frequency)]);
        }
        return new ReportTable(
            ReportTables.Periods,
            [new("from", ReportUnit.Text), new("to", ReportUnit.Text), new("impressions", ReportUnit.Count),
                new("reached", ReportUnit.Count), new("universe", ReportUnit.Count), new("reach", ReportUnit.Share),
                new("frequency", ReportUnit.Ratio)],
            rows);
    }

    private ReportTable Definitions() => new(
        ReportTables.Definitions,
        [new("figure", ReportUnit.Text), new("name", ReportUnit.Text), new("definition", ReportUnit.Text), new("basis", ReportUnit.Text)],
        [.. MetricDefinitions.All.Select(d => (IReadOnlyList<ReportValue>)[
            ReportValue.Of(d.Key), ReportValue.Of(texts["Report.Column." + d.Key].Value),
            ReportValue.Of(texts["Report.Word." + d.Key].Value), ReportValue.Of(texts["Metric.Basis." + d.Basis].Value)])]);

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
                ReportValue.Of(CostFigures.Cpm(now, s))];
        })]);

    private static ReportTable Frequency(PersonFigures persons) => new(
        ReportTables.Frequency, [new("exposures", ReportUnit.Text), new("persons", ReportUnit.Count)],
        [.. (persons.Histogram ?? []).Select((bin, i) => (IReadOnlyList<ReportValue>)[
            ReportValue.Of((i + 1).ToString(CultureInfo.InvariantCulture) + (i + 1 == persons.Histogram!.Count ? "+" : "")),
            ReportValue.Of(bin)])]);

    private async Task<ReportTable> PartsAsync(string key, CampaignMetrics now, MetricsDimension dimension, bool exact)
    {
        var parts = await feed.ReadPartsAsync(now.Query, dimension);
        var persons = SmallCounts.Of(parts, now, dimension == MetricsDimension.Site, exact);
        return new ReportTable(key, PartColumns, [.. parts.Zip(persons, (p, who) => (IReadOnlyList<ReportValue>)[
            ReportValue.Of(p.Within is { } within ? $"{within}, {p.Name}" : p.Name), ReportValue.Of(p.Plays), ReportValue.Of(p.Coverage),
            ReportValue.Of(p.Impressions), ReportValue.Of(p.TargetImpressions), ReportValue.Of(who.Persons), ReportValue.Of(who.Reach),
            ReportValue.Of(who.Frequency), ReportValue.Of(p.Views.Completed), ReportValue.Of(p.Views.CompletionRate),
            ReportValue.Of((double?)p.CostKrw), ReportValue.Of(CostFigures.Cpm(now, p))])]);
    }

    /// <summary>The table of flights.</summary>
    /// <param name="campaign">The campaign.</param>
    internal static ReportTable Flights(Campaign campaign) => new(
        ReportTables.Flights,
        [new("from", ReportUnit.Text), new("to", ReportUnit.Text), new("days", ReportUnit.Count), new("make_good", ReportUnit.Text)],
        [.. MakeGood.FlightsOf(campaign).Select(f => (IReadOnlyList<ReportValue>)[
            ReportValue.Of(f.Flight.StartsOn.Iso()), ReportValue.Of(f.Flight.EndsOn.Iso()), ReportValue.Of(f.Flight.Days),
            ReportValue.Of(f.MakesGood ? "yes" : "no")])]);

    /// <summary>The table of weekdays and hours; weeks start on Monday.</summary>
    /// <param name="hours">Impressions; null for a part of a campaign, whose table is empty.</param>
    internal static ReportTable Hours(WeekHours? hours) => new(
        ReportTables.Hours,
        [new("weekday", ReportUnit.Text), .. Enumerable.Range(0, 24)
            .Select(h => new ReportColumn(h.ToString("00", CultureInfo.InvariantCulture), ReportUnit.Count))],
        hours is null || hours.Covered == TimeSpan.Zero ? [] : [.. hours.Impressions.Select((day, i) => (IReadOnlyList<ReportValue>)[
            ReportValue.Of(((DayOfWeek)((i + 1) % 7)).ToString()), .. day.Select(n => ReportValue.Of(n))])]);
}
