using FaceAd.Core;
using FaceAd.Web.Components.Charts;
using FaceAd.Web.Components.Controls;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics;
using Microsoft.AspNetCore.Components;

namespace FaceAd.Web.Components.Pages.Campaigns.Details;

/// <summary>A campaign's charts, and its figures by segment.</summary>
public sealed partial class CampaignFigures
{
    // The curve starts at zero, a minute before the first step.
    private const long BeforeFirst = 60_000;
    private ChartSpec? _time;
    private ChartSpec? _reached;
    private ChartSpec? _frequency;
    private ChartSpec? _segments;

    /// <summary>The metrics.</summary>
    [Parameter, EditorRequired]
    public CampaignMetrics Metrics { get; set; } = null!;

    /// <summary>The figures about people, as the user may see them.</summary>
    [Parameter, EditorRequired]
    public PersonFigures Persons { get; set; } = null!;

    [Inject]
    private Display Display { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var labels = Metrics.Timeline.Select(p => Display.Moment(p.At)).ToList();
        var times = Metrics.Timeline.Select(p => new DateTimeOffset(Display.Local(p.At).DateTime, TimeSpan.Zero).ToUnixTimeMilliseconds())
            .ToList();
        _time = Newer(_time, new ChartSpec
        {
            Kind = ChartKind.Time,
            Title = L["Campaign.ChartTime"],
            Labels = labels,
            Times = times,
            Series = [
                new(L["Campaign.Impressions"], "--accent", [.. Metrics.Timeline.Select(p => (double?)p.Impressions)]),
                new(L["Campaign.Plays"], "--amber", [.. Metrics.Timeline.Select(p => (double?)p.Plays)]),
            ],
        });
        _reached = !Persons.ReachedSoFar.Any(p => p.Value > 0) ? null : Newer(_reached, new ChartSpec
        {
            Kind = ChartKind.Time,
            Title = L["Campaign.ChartReached"],
            Labels = [.. Metrics.Timeline.Take(1).Select(p => Display.Moment(p.At.AddMilliseconds(-BeforeFirst))), .. labels],
            Times = [.. times.Take(1).Select(t => t - BeforeFirst), .. times],
            Missing = Few,
            Series = [new(L["Campaign.Persons"], "--info", [0, .. Persons.ReachedSoFar.Select(p => p.Value)], Line: true)],
        });
        _frequency = Persons.Histogram is not { } bins || !bins.Any(b => b.Value > 0) ? null : Newer(_frequency, new ChartSpec
        {
            Kind = ChartKind.Columns,
            Title = L["Campaign.ChartFrequency"],
            Labels = [.. bins.Select((_, i) => i == bins.Count - 1 ? $"{i + 1}+" : $"{i + 1}")],
            Missing = Few,
            Series = [new(L["Campaign.Persons"], "--info", [.. bins.Select(b => b.Value)])],
        });
        _segments = Newer(_segments, new ChartSpec
        {
            Kind = ChartKind.Bars,
            Title = L["Campaign.ChartSegments"],
            Labels = [.. Metrics.Segments.Select(s => Display.Segment(s.Segment))],
            PlaceColours = [.. Metrics.Segments.Select(s => "--" + SegmentPicture.Css(s.Segment))],
            Series = [new(L["Campaign.Impressions"], "--accent", [.. Metrics.Segments.Select(s => (double?)s.Impressions)])],
        });
    }

    private string Few => L["Campaign.Few", SmallCounts.Step];

    // Keeps the old spec of an unchanged chart, so that it is not drawn again.
    private static ChartSpec Newer(ChartSpec? old, ChartSpec now) =>
        old is not null && old.Labels.SequenceEqual(now.Labels)
        && old.Series.Count == now.Series.Count && old.Series.Zip(now.Series).All(p => p.First.Values.SequenceEqual(p.Second.Values))
            ? old
            : now;

    private SegmentPersons Of(Segment segment) =>
        segment is Segment.Kids or Segment.Unknown ? default : Persons.Segments.GetValueOrDefault(segment);

    private string Write(PersonFigure figure, Func<double, string> write) =>
        figure.Few ? Few : figure.Value is { } v ? write(v) : Display.Dash;

    private string? Why(Segment segment) => segment switch
    {
        Segment.Kids => L["Campaign.ReachKids"].Value,
        Segment.Unknown => L["Campaign.ReachUnknown"].Value,
        _ when Of(segment) is { Persons: { Few: false, Value: null } } => L["Campaign.Withheld"].Value,
        _ when Of(segment) is { Frequency: { Few: false, Value: null } } => L["Campaign.FrequencyNone"].Value,
        _ => null,
    };
}
