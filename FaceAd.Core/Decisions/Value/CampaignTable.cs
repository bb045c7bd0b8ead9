using System.Collections.Concurrent;

namespace FaceAd.Core.Decisions.Value;

/// <summary>
/// The booked campaigns, numbered, with sets of those that a site, a day and an hour let run: a bit each, 64 to a word. Immutable but for
/// the sets of days, which are made when they are first asked for.
/// </summary>
public sealed class CampaignTable
{
    private readonly BookedCampaign[] _campaigns;
    private readonly byte[] _masks;
    private readonly byte[] _wordMasks;
    private readonly Dictionary<Guid, int> _numbers;
    private readonly Dictionary<Guid, ulong[]> _sites = [];
    private readonly ulong[] _everywhere;
    private readonly ulong[][] _hours;
    private readonly ConcurrentDictionary<int, ulong[]> _days = new();

    /// <summary>Creates a table.</summary>
    /// <param name="campaigns">The campaigns, in any order.</param>
    public CampaignTable(IEnumerable<BookedCampaign> campaigns)
    {
        // Campaigns for the same segments are neighbours, dearest first, so that most words need not be looked into.
        _campaigns = [.. campaigns.OrderBy(SegmentsOf).ThenByDescending(c => c.PriceKrw).ThenBy(c => c.Campaign.Id)];
        _numbers = _campaigns.Index().ToDictionary(c => c.Item.Campaign.Id, c => c.Index);
        _masks = [.. _campaigns.Select(SegmentsOf)];
        _wordMasks = [.. _masks.Chunk(64).Select(c => c.Aggregate((all, mask) => (byte)(all | mask)))];
        Voices = [.. Enumerable.Range(0, Count).Where(i => _campaigns[i].Terms.ShareOfVoice > 0)];
        ByImpressions = Set(c => c.Terms.ShareOfVoice <= 0);
        _everywhere = Set(c => c.Campaign.SiteIds.Count == 0);
        foreach (var site in _campaigns.SelectMany(c => c.Campaign.SiteIds).Distinct()) _sites.Add(site, [.. _everywhere]);
        for (var i = 0; i < Count; i++)
        {
            foreach (var site in _campaigns[i].Campaign.SiteIds) _sites[site][i >> 6] |= 1UL << i;
        }
        _hours = [.. Enumerable.Range(0, 24).Select(hour => Set(c => Dayparting.Wants(
            Dayparting.AllDays, c.Campaign.Hours, DateTime.MinValue.AddHours(hour))))];
    }

    /// <summary>Number of campaigns.</summary>
    public int Count => _campaigns.Length;

    /// <summary>Numbers of those that are booked by share of voice.</summary>
    public IReadOnlyList<int> Voices { get; }

    /// <summary>The set of those that are not.</summary>
    internal ulong[] ByImpressions { get; }

    /// <summary>One campaign.</summary>
    /// <param name="number">Its number.</param>
    public BookedCampaign this[int number] => _campaigns[number];

    /// <summary>The number of a campaign; null when it is not in the table.</summary>
    /// <param name="id">The campaign.</param>
    public int? NumberOf(Guid id) => _numbers.TryGetValue(id, out var number) ? number : null;

    /// <summary>A campaign's segments, a bit each.</summary>
    internal byte MaskOf(int number) => _masks[number];

    /// <summary>The segments of 64 campaigns.</summary>
    internal byte MaskOfWord(int word) => _wordMasks[word];

    internal ulong[] SiteSet(Guid site) => _sites.GetValueOrDefault(site, _everywhere);

    internal ulong[] HourSet(DateTime clock) => _hours[clock.Hour];

    internal ulong[] DaySet(DateTime clock)
    {
        var day = DateOnly.FromDateTime(clock);
        return _days.TryGetValue(day.DayNumber, out var set) ? set : _days.GetOrAdd(day.DayNumber, Day(this, day));

        static ulong[] Day(CampaignTable table, DateOnly day) => table.Set(c =>
            Eligibility.OfDay(c.Campaign.Plan, day) == Gate.None
            && Dayparting.Wants(c.Campaign.Days, Dayparting.AllHours, day.ToDateTime(default)));
    }

    private static byte SegmentsOf(BookedCampaign campaign) => (byte)campaign.Campaign.Targets.Where(t => t != Segment.Unknown)
        .Aggregate(0, (mask, segment) => mask | (1 << ((int)segment - 1)));

    private ulong[] Set(Func<BookedCampaign, bool> isIn)
    {
        var set = new ulong[(Count + 63) / 64];
        for (var i = 0; i < Count; i++)
        {
            if (isIn(_campaigns[i])) set[i >> 6] |= 1UL << i;
        }
        return set;
    }
}
