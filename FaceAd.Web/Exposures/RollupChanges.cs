using FaceAd.Core;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Exposures;

/// <summary>A person as the rollups count them.</summary>
/// <param name="Id">The person.</param>
/// <param name="Epoch">Number of the epoch.</param>
/// <param name="Segment">The current segment; a person with an unknown segment is in no rollup of people.</param>
readonly record struct PersonInEpoch(Guid Id, int Epoch, Segment Segment);

/// <summary>A presence as its rollup counts it.</summary>
/// <param name="ScreenId">The screen.</param>
/// <param name="From">Its start, which determines its day and hour.</param>
/// <param name="Segment">The viewer's segment.</param>
/// <param name="PresentMs">Milliseconds in view.</param>
/// <param name="AttentiveMs">Milliseconds facing the screen.</param>
readonly record struct CountedPresence(Guid ScreenId, DateTimeOffset From, Segment Segment, int PresentMs, int AttentiveMs);

/// <summary>
/// What a transaction changes in the rollups. Every rollup is a sum of contributions, each a pure function of one base row or of one
/// person's rows: a change subtracts the old contribution and adds the new one. Days and hours are the site's. Pure until written.
/// </summary>
/// <param name="siteId">The site whose facts changed.</param>
/// <param name="calendar">The site's calendar.</param>
sealed class RollupChanges(Guid siteId, SiteCalendar calendar)
{
    private readonly Guid[] _sites = [siteId, Guid.Empty];
    private readonly RollupTable<(Guid, DateOnly, Guid, Guid, Segment), Exposure> _days = new(ExposureRollups.Days);
    private readonly RollupTable<(Guid, DateOnly, int, Segment), Exposure> _hours = new(ExposureRollups.Hours);
    private readonly RollupTable<(Guid, DateOnly), Exposure> _campaignDays = new(ExposureRollups.CampaignDays);
    private readonly RollupTable<(Guid, DateTimeOffset), Exposure> _minutes = new(ExposureRollups.Minutes);
    private readonly RollupTable<(Guid, int, Guid, Segment, DateOnly, DateOnly), PersonInEpoch> _reachDays = new(ExposureRollups.ReachDays);
    private readonly RollupTable<(Guid, int, Guid, Segment, int), PersonInEpoch> _reachCounts = new(ExposureRollups.ReachCounts);
    private readonly RollupTable<(Guid, int, Segment, DateOnly, DateOnly), PersonInEpoch> _universe = new(ExposureRollups.UniverseDays);
    private readonly RollupTable<(Guid, DateOnly, int, Segment), (CountedPresence, bool)> _presences = new(ExposureRollups.ScreenHours);
    private readonly Dictionary<Guid, (long Impressions, long OnTarget)> _totals = [];

    /// <summary>The changes to each campaign's running totals.</summary>
    public IEnumerable<KeyValuePair<Guid, (long Impressions, long OnTarget)>> Totals => _totals.Where(t => t.Value != default);

    /// <summary>Adds (+1) or subtracts (-1) an exposure.</summary>
    public void Add(Exposure e, int sign)
    {
        _days.Add((e.CampaignId, e.Day, e.ScreenId, e.CreativeId, e.Segment), e, sign);
        _hours.Add((e.CampaignId, e.Day, HourIn(e.Day, e.At), e.Segment), e, sign);
        _campaignDays.Add((e.CampaignId, e.Day), e, sign);
        _minutes.Add((e.CampaignId, Minute(e.At)), e, sign);
        var (impressions, onTarget) = _totals.GetValueOrDefault(e.CampaignId);
        _totals[e.CampaignId] = (impressions + sign, onTarget + (e.OnTarget ? sign : 0));
    }

    /// <summary>Adds (+1) or subtracts (-1) a person's exposures to one campaign.</summary>
    /// <param name="person">The person.</param>
    /// <param name="targeted">Whether the campaign targets the person's segment.</param>
    /// <param name="rows">The person's rows for this campaign; may be empty.</param>
    /// <param name="sign">+1 or -1.</param>
    public void AddReach(PersonInEpoch person, bool targeted, IReadOnlyCollection<PersonDay> rows, int sign)
    {
        if (rows.Count == 0 || person.Segment == Segment.Unknown) return;
        var (campaign, times) = (rows.First().CampaignId, Math.Min(rows.Sum(r => r.Exposures), ReachCount.Most));
        foreach (var site in _sites)
        {
            _reachCounts.Add((campaign, person.Epoch, site, person.Segment, times), person, sign);
            foreach (var (day, previous) in Pairs(rows.Select(r => r.Day)))
                _reachDays.Add((campaign, person.Epoch, site, person.Segment, day, previous), person, sign);
        }
        var first = rows.MinBy(r => (r.FirstAt, r.Day))!;
        _hours.Add((campaign, first.Day, HourIn(first.Day, first.FirstAt), person.Segment), ExposureRollups.Reached, sign);
        if (targeted) _minutes.Add((campaign, Minute(first.FirstAt)), ExposureRollups.Reached, sign);
    }

    /// <summary>Adds (+1) or subtracts (-1) the days on which a person was seen.</summary>
    public void AddVisits(PersonInEpoch person, IEnumerable<DateOnly> days, int sign)
    {
        if (person.Segment == Segment.Unknown) return;
        foreach (var (day, previous) in Pairs(days))
        {
            foreach (var site in _sites) _universe.Add((site, person.Epoch, person.Segment, day, previous), person, sign);
        }
    }

    /// <summary>Adds (+1) or subtracts (-1) a presence.</summary>
    /// <param name="presence">The presence.</param>
    /// <param name="threshold">Minimum attention of a watcher.</param>
    /// <param name="sign">+1 or -1.</param>
    public void AddPresence(CountedPresence presence, TimeSpan threshold, int sign)
    {
        var day = calendar.DayOf(presence.From);
        var watcher = presence.AttentiveMs > 0 && presence.AttentiveMs >= threshold.TotalMilliseconds;
        _presences.Add((presence.ScreenId, day, HourIn(day, presence.From), presence.Segment), (presence, watcher), sign);
    }

    /// <summary>Adds the statements that apply the changes, in a fixed order of tables.</summary>
    public void AddTo(NpgsqlBatch batch)
    {
        _days.AddTo(batch);
        _hours.AddTo(batch);
        _campaignDays.AddTo(batch);
        _minutes.AddTo(batch);
        _reachDays.AddTo(batch);
        _reachCounts.AddTo(batch);
        _universe.AddTo(batch);
        _presences.AddTo(batch);
    }

    /// <summary>Distinct days in order, each with its predecessor; minus infinity before the first.</summary>
    internal static IEnumerable<(DateOnly Day, DateOnly Previous)> Pairs(IEnumerable<DateOnly> days)
    {
        var previous = DateOnly.MinValue; // PostgreSQL's minus infinity
        foreach (var day in days.Distinct().Order())
        {
            yield return (day, previous);
            previous = day;
        }
    }

    // A play that runs past midnight keeps its day; exposures to it after midnight count in that day's last hour.
    private int HourIn(DateOnly day, DateTimeOffset at) => calendar.DayOf(at) > day ? 23 : calendar.HourOf(at);

    private static DateTimeOffset Minute(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
}
