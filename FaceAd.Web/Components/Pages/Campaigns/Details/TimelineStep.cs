using FaceAd.Core;
using FaceAd.Web.Metrics;

namespace FaceAd.Web.Components.Pages.Campaigns.Details;

/// <summary>A step of the curve over time that a reader can choose.</summary>
public enum TimelineStep
{
    /// <summary>Days.</summary>
    Day = 0,

    /// <summary>Hours.</summary>
    Hour = 1,
}

/// <summary>The curve over time in the steps that are asked for.</summary>
static class Timelines
{
    /// <summary>More days are unreadable by the hour.</summary>
    public const int MostHourlyDays = 7;

    /// <summary>Whether a curve can be shown by the hour: hours are kept for whole campaigns only.</summary>
    /// <param name="metrics">The figures.</param>
    /// <param name="calendar">Calendar of the campaign's first site.</param>
    public static bool HasHours(CampaignMetrics metrics, SiteCalendar calendar) =>
        metrics is { Query.Everywhere: true, Timeline.Count: > 0 }
        && calendar.DayOf(metrics.Timeline[^1].At).DayNumber - calendar.DayOf(metrics.Timeline[0].At).DayNumber < MostHourlyDays;

    /// <summary>The steps that a curve has; null for smaller ones.</summary>
    /// <param name="points">The curve.</param>
    /// <param name="calendar">Calendar of the campaign's first site.</param>
    public static TimelineStep? StepOf(IReadOnlyList<MetricsPoint> points, SiteCalendar calendar) =>
        points.All(p => p.At == StartOf(p.At, TimelineStep.Day, calendar)) ? TimelineStep.Day
        : points.All(p => p.At == StartOf(p.At, TimelineStep.Hour, calendar)) ? TimelineStep.Hour : null;

    /// <summary>A curve in larger steps.</summary>
    /// <param name="points">The curve.</param>
    /// <param name="step">The steps.</param>
    /// <param name="calendar">Calendar of the campaign's first site.</param>
    public static IReadOnlyList<MetricsPoint> By(IReadOnlyList<MetricsPoint> points, TimelineStep step, SiteCalendar calendar) =>
        [.. points.GroupBy(p => StartOf(p.At, step, calendar)).Select(g =>
            new MetricsPoint(g.Key, g.Sum(p => p.Impressions), g.Last().ReachedSoFar, g.Sum(p => p.Plays)))];

    private static DateTimeOffset StartOf(DateTimeOffset at, TimelineStep step, SiteCalendar calendar)
    {
        var day = calendar.StartOf(calendar.DayOf(at));
        return step == TimelineStep.Day ? day : day.AddHours(Math.Floor((at - day).TotalHours));
    }
}
