using FaceAd.Core;
using FaceAd.Web.Components.Charts;
using FaceAd.Web.Components.Controls;
using FaceAd.Web.Delivery;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics;
using Microsoft.AspNetCore.Components;

namespace FaceAd.Web.Components.Pages.Campaigns.Details;

/// <summary>A campaign's charts, and its figures by segment.</summary>
public sealed partial class CampaignFigures
{
    private ChartSpec? _time;
    private ChartSpec? _frequency;
    private ChartSpec? _segments;

    /// <summary>The metrics.</summary>
    [Parameter, EditorRequired]
    public CampaignMetrics Metrics { get; set; } = null!;

    /// <summary>The figures about people, as the user may see them.</summary>
    [Parameter, EditorRequired]
    public PersonFigures Persons { get; set; } = null!;

    /// <summary>What explains the curve.</summary>
    [Parameter]
    public IReadOnlyList<DeliveryMark> Marks { get; set; } = [];

    /// <summary>The figures of the days it is compared with; null for none.</summary>
    [Parameter]
    public CampaignMetrics? Before { get; set; }

    /// <summary>Calendar of the campaign's first site.</summary>
    [Parameter, EditorRequired]
    public SiteCalendar Calendar { get; set; } = null!;

    /// <summary>What stands beside the title of the curve.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    [Inject]
    private Display Display { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _time = ChartSpec.Newer(_time, new ChartSpec
        {
            Kind = ChartKind.Time,
            Title = L["Campaign.ChartTime"],
            Across = L[IsDaily(Metrics) ? "Chart.Day" : "Chart.DayHour"],
            Up = L["Chart.Times"],
            Labels = [.. Metrics.Timeline.Select(p => IsDaily(Metrics) ? Display.Day(Calendar.DayOf(p.At)) : Display.Moment(p.At))],
            Times = [.. Metrics.Timeline.Select(p => Display.OnTheClock(p.At))],
            Step = (long)Step.TotalMilliseconds,
            Marks = [.. Marks.Select(Mark)],
            Series = [
                new(L["Campaign.Impressions"], "--accent", [.. Metrics.Timeline.Select(p => (double?)p.Impressions)]),
                new(L["Campaign.Plays"], "--amber", [.. Metrics.Timeline.Select(p => (double?)p.Plays)]),
                .. Earlier()],
        });
        _frequency = Persons.Histogram is not { } bins || !bins.Any(b => b.Value > 0) ? null : ChartSpec.Newer(_frequency, new ChartSpec
        {
            Kind = ChartKind.Columns,
            Title = L["Campaign.ChartFrequency"],
            Across = L["Report.Column.exposures"],
            Up = People,
            Labels = [.. bins.Select((_, i) => i == bins.Count - 1 ? $"{i + 1}+" : $"{i + 1}")],
            Missing = Few,
            Series = [new(People, "--info", [.. bins.Select(b => b.Value)])],
        });
        _segments = ChartSpec.Newer(_segments, new ChartSpec
        {
            Kind = ChartKind.Bars,
            Title = L["Campaign.ChartSegments"],
            Up = L["Campaign.Impressions"],
            Labels = [.. Metrics.Segments.Select(s => Display.Segment(s.Segment))],
            PlaceColours = [.. Metrics.Segments.Select(s => "--" + SegmentPicture.Css(s.Segment))],
            Series = [new(L["Campaign.Impressions"], "--accent", [.. Metrics.Segments.Select(s => (double?)s.Impressions)])],
        });
    }

    private string Few => L["Campaign.Few", SmallCounts.Step];

    // Absent when there is nothing to say: nobody or too few reached, children only, or no longer kept.
    private bool Frequency => Metrics.FrequencyHistogram.Any(n => n > 0) && Persons.Reached.Value is not null;

    // A chart draws the lower end of a range.
    private string People => L[Persons.Reached.UpTo is null ? "Campaign.Persons" : "Campaign.PersonsAtLeast"];

    // The impressions of the days before, each on the day that it is compared with.
    private IEnumerable<ChartSeries> Earlier()
    {
        if (Before is not { } before) yield break;
        var shift = Metrics.Days.FirstDay.DayNumber - before.Days.FirstDay.DayNumber;
        var byHour = !IsDaily(Metrics) && !IsDaily(before);
        if (!IsDaily(Metrics) && !byHour) yield break;
        DateTimeOffset Step(DateTimeOffset at) => byHour ? at.AddDays(shift) : Calendar.StartOf(Calendar.DayOf(at).AddDays(shift));
        var then = before.Timeline.GroupBy(p => Step(p.At)).ToDictionary(g => g.Key, g => g.Sum(p => p.Impressions));
        yield return new(
            L["Chart.Earlier", Display.Days(before.Days.FirstDay, before.Days.LastDay)], "--ink-2",
            [.. Metrics.Timeline.Select(p => (double?)then.GetValueOrDefault(p.At))], Line: true);
    }

    private TimeSpan Step => Metrics.Timeline.Zip(Metrics.Timeline.Skip(1), (a, b) => b.At - a.At)
        .DefaultIfEmpty(TimeSpan.FromDays(1)).Min();

    private bool IsDaily(CampaignMetrics m) => Timelines.StepOf(m.Timeline, Calendar) == TimelineStep.Day;

    private ChartMark Mark(DeliveryMark mark) => new(
        Display.OnTheClock(mark.From), mark.Until is { } until ? Display.OnTheClock(until) : null,
        mark.Until is { } end
            ? L["Chart.Mark.Silent", Display.Moment(mark.From), Display.Moment(end), mark.Screens]
            : L["Chart.Mark." + mark.Kind, Display.Moment(mark.From)],
        mark.Kind switch
        {
            DeliveryMarkKind.Silent => "--bad",
            DeliveryMarkKind.Changed => "--info",
            _ => "--amber",
        });

    private SegmentPersons Of(Segment segment) => Persons.Segments.GetValueOrDefault(segment);

    private string? Why(Segment segment) => segment switch
    {
        Segment.Kids => L["Campaign.ReachKids"].Value,
        Segment.Unknown => L["Campaign.ReachUnknown"].Value,
        _ when Of(segment) is { Persons: { Why: NoFigure.Withheld, Value: null } } => L["Campaign.Withheld"].Value,
        _ when Of(segment) is { Frequency: { Why: NoFigure.Undefined, Value: null } } => L["Campaign.FrequencyNone"].Value,
        _ => null,
    };
}
