using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Pacing;

namespace FaceAd.Web.Metrics.Forecasts;

/// <summary>What forecasts are made of: what was seen at some places before a day.</summary>
public sealed record ForecastFacts
{
    /// <summary>Weeks looked back at.</summary>
    public const int Weeks = 4;

    /// <summary>Whose days and counting periods count.</summary>
    public required SiteCalendar Calendar { get; init; }

    /// <summary>Who is expected where and when.</summary>
    public required Supply Supply { get; init; }

    /// <summary>
    /// Presences by place (<see cref="Guid.Empty"/>: all together): <see cref="Weeks"/> for each segment from the first known one, the
    /// newest week first.
    /// </summary>
    public required IReadOnlyDictionary<Guid, double[]> Presences { get; init; }

    /// <summary>Whole weeks that were measured anywhere, 0 to <see cref="Weeks"/>.</summary>
    public required int Measured { get; init; }

    /// <summary>Plays that a presence sees, on average.</summary>
    public required double Exposures { get; init; }

    /// <summary>Others who are in view beside somebody, on average.</summary>
    public required double Companions { get; init; }

    /// <summary>How often people of a segment came, by place, newest first, one for each number of days that were watched.</summary>
    public required IReadOnlyDictionary<(Guid Site, Segment Segment), IReadOnlyList<VisitPattern>> Patterns { get; init; }

    /// <summary>Presences of a campaign's segments at its sites in each measured week, the newest first.</summary>
    /// <param name="campaign">The campaign.</param>
    public double[] WeeksOf(SnapshotCampaign campaign)
    {
        var weeks = new double[Measured];
        foreach (var site in PlacesOf(campaign))
        {
            if (!Presences.TryGetValue(site, out var presences)) continue;
            foreach (var segment in KnownTargets(campaign))
            {
                for (var week = 0; week < weeks.Length; week++) weeks[week] += presences[(((int)segment - 1) * Weeks) + week];
            }
        }
        return weeks;
    }

    /// <summary>
    /// Patterns of a campaign's people, summed for each number of watched days. Of each place that one is taken that was watched just
    /// long enough for the window, or else longest. Children have none: nobody recognises them.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="days">Days of the window.</param>
    public IReadOnlyList<VisitPattern> PatternsOf(SnapshotCampaign campaign, int days) =>
        [.. PlacesOf(campaign).SelectMany(site => KnownTargets(campaign).Select(s => Patterns.GetValueOrDefault((site, s))))
            .OfType<IReadOnlyList<VisitPattern>>().Where(p => p.Count > 0)
            .Select(p => p.Where(x => x.Days >= days).MinBy(x => x.Days) ?? p.MaxBy(x => x.Days)!)
            .GroupBy(p => p.Days).Select(g => VisitPattern.Sum([.. g]))];

    /// <summary>
    /// Presences of a campaign's people by those whose segment was seen: what is shown to somebody who is recognised counts by the person's
    /// segment, also when this look was not sure enough. 1 to 2.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    public double CountedByPerson(SnapshotCampaign campaign)
    {
        var (seen, recognised) = (WeeksOf(campaign), RecognisedADay(campaign));
        return seen.Length == 0 || seen.Sum() <= 0 ? 1 : Math.Clamp(recognised / (seen.Average() / 7), 1, 2);
    }

    /// <summary>Presences on a day of people who are recognised.</summary>
    /// <param name="campaign">The campaign.</param>
    public double RecognisedADay(SnapshotCampaign campaign) =>
        PatternsOf(campaign, SiteCalendar.EpochDays).Sum(p => (double)p.Rides / p.Days);

    private static IReadOnlyList<Guid> PlacesOf(SnapshotCampaign campaign) => campaign.SiteIds.Count > 0 ? campaign.SiteIds : [Guid.Empty];

    private static IEnumerable<Segment> KnownTargets(SnapshotCampaign campaign) =>
        campaign.Targets.Where(t => t != Segment.Unknown).Distinct();
}
