using FaceAd.Core;
using FaceAd.Core.Decisions;

namespace FaceAd.Web.Delivery.Sales;

/// <summary>
/// In which hours of the days ahead at least one booked campaign may be shown to a segment at a building. Costs by the sites that campaigns
/// name, not by all pairs of campaign and building: those for all sites are entered once. Pure.
/// </summary>
/// <param name="first">The first of the days.</param>
/// <param name="days">How many.</param>
sealed class BookedHours(DateOnly first, int days)
{
    private readonly int[] _everywhere = new int[days * Segments];
    private readonly Dictionary<Guid, int[]> _sites = [];

    private static int Segments => SegmentProbabilities.Segments.Count + 1; // and Unknown, which is 0

    /// <summary>Enters a campaign. One whose budget is spent takes no hour.</summary>
    /// <param name="terms">Where and when it may run.</param>
    /// <param name="targets">Whom it targets.</param>
    public void Add(in RunningTerms terms, IReadOnlyCollection<Segment> targets)
    {
        if (terms.IsSpent) return;
        if (terms.SiteIds.Count == 0) Enter(_everywhere, terms, targets);
        foreach (var site in terms.SiteIds)
        {
            if (!_sites.TryGetValue(site, out var hours)) _sites[site] = hours = new int[days * Segments];
            Enter(hours, terms, targets);
        }
    }

    /// <summary>The hours of a day that are booked at a building for a segment, see <see cref="Dayparting"/>.</summary>
    /// <param name="site">The building.</param>
    /// <param name="day">Number of the day, from 0.</param>
    /// <param name="segment">The segment.</param>
    public int Of(Guid site, int day, Segment segment) =>
        _everywhere[Place(day, segment)] | (_sites.TryGetValue(site, out var hours) ? hours[Place(day, segment)] : 0);

    private void Enter(int[] hours, in RunningTerms terms, IReadOnlyCollection<Segment> targets)
    {
        for (var day = 0; day < days; day++)
        {
            var date = first.AddDays(day);
            if (!terms.Plan.Contains(date) || ((terms.Days >> Dayparting.Index(date.DayOfWeek)) & 1) == 0) continue;
            foreach (var segment in targets) hours[Place(day, segment)] |= terms.Hours;
        }
    }

    private static int Place(int day, Segment segment) => (day * Segments) + (int)segment;
}
