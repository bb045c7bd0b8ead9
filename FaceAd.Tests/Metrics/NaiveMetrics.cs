using FaceAd.Core;
using FaceAd.Web.Metrics;
using FaceAd.Web.Screens;

namespace FaceAd.Tests.Metrics;

/// <summary>One exposure of the naive count.</summary>
sealed record NaiveExposure(
    TruePlay Play, TruePresence Presence, DateOnly Day, string? Person, Segment Segment, DateTimeOffset At, double Seconds);

/// <summary>The definitions of docs/metrics.md word for word, over lists in memory.</summary>
sealed class NaiveMetrics(IReadOnlyList<TruePresence> presences, IReadOnlyList<TruePlay> plays)
{
    public List<NaiveExposure> Exposures { get; } = [.. from play in plays
        where play.Measured
        from presence in presences
        where presence.Screen.Id == play.Screen.Id
        let at = play.From > presence.From ? play.From : presence.From
        let end = play.To < presence.To ? play.To : presence.To
        where end - at >= TimeSpan.FromSeconds(1)
        let day = play.Screen.Calendar.DayOf(play.From)
        let person = PersonOf(presence)
        select new NaiveExposure(
            play, presence, day, EpochOf(presence) == play.Screen.Calendar.EpochOf(day) ? person : null,
            person is null ? OwnSegment(presence) : SegmentOf(presences, person), at, (end - at).TotalSeconds)];

    /// <summary>A building recognises a face within an epoch; never a child's.</summary>
    public static string? PersonOf(TruePresence presence) =>
        presence.Segment == Segment.Kids ? null : $"{presence.Screen.SiteId}/{EpochOf(presence)}/{presence.Face}";

    /// <summary>The person's segment, or the presence's own where there is no person.</summary>
    public Segment SegmentOf(TruePresence presence) =>
        PersonOf(presence) is { } person ? SegmentOf(presences, person) : OwnSegment(presence);

    public int Universe(MetricsWindow window, Segment segment, Func<ScreenEntry, bool> screens) => presences
        .Where(s => screens(s.Screen) && PersonOf(s) is { } p && SegmentOf(presences, p) == segment && EpochOf(s) == window.Epoch)
        .Where(s => DaysOf(s).Any(d => d >= window.FirstDay && d <= window.LastDay && s.Screen.Calendar.EpochOf(d) == window.Epoch))
        .Select(PersonOf)
        // Whoever was exposed on a day was there on that day, also when the play had begun before midnight.
        .Union(
            Exposures.Where(e => e.Person is not null && screens(e.Play.Screen) && e.Segment == segment && e.Day >= window.FirstDay
                && e.Day <= window.LastDay).Select(e => e.Person))
        .Count();

    public List<NaiveExposure> Of(MetricsQuery query, MetricsDays days) =>
        [.. Exposures.Where(e => Asked(e.Play, query) && e.Day >= days.FirstDay && e.Day <= days.LastDay)];

    public List<TruePlay> PlaysOf(MetricsQuery query, MetricsDays days) => [.. plays
        .Where(p => Asked(p, query) && p.Screen.Calendar.DayOf(p.From) is var d && d >= days.FirstDay && d <= days.LastDay)];

    private static bool Asked(TruePlay play, MetricsQuery query) =>
        play.Campaign.Id == query.CampaignId && (query.SiteId is null || query.SiteId == play.Screen.SiteId)
        && (query.ScreenId is null || query.ScreenId == play.Screen.Id)
        && (query.CreativeId is null || query.CreativeId == play.Creative.Id);

    private static int EpochOf(TruePresence presence) => presence.Screen.Calendar.EpochOf(presence.Screen.Calendar.DayOf(presence.From));

    private static Segment OwnSegment(TruePresence presence) => presence.Sure ? presence.Segment : Segment.Unknown;

    private static Segment SegmentOf(IReadOnlyList<TruePresence> presences, string person) =>
        presences.Where(s => PersonOf(s) == person && s.Sure).Select(s => s.Segment).FirstOrDefault(Segment.Unknown);

    private static IEnumerable<DateOnly> DaysOf(TruePresence presence)
    {
        var (calendar, last) = (presence.Screen.Calendar, presence.To.AddTicks(-1));
        for (var day = calendar.DayOf(presence.From); day <= calendar.DayOf(last); day = day.AddDays(1)) yield return day;
    }
}
