namespace FaceAd.Core.Decisions.Pacing;

/// <summary>People who are expected in view, by site, segment and hour of the week.</summary>
public sealed class Supply
{
    private const int Kinds = 6;

    // Where nothing has been seen yet: half a person of each segment an hour from 7 to 23, at each site.
    private const double Assumed = 0.5;
    private static readonly double[] AssumedWeek =
        [.. Enumerable.Range(0, Kinds * WeeklySupply.Hours).Select(i => i % 24 is >= 7 and < 23 ? Assumed : 0)];

    private readonly double[] _everywhere;
    private readonly double[] _whole; // by segment
    private readonly IReadOnlyDictionary<Guid, double[]> _sites;

    /// <summary>Creates a forecast.</summary>
    /// <param name="everywhere">All sites together: for each segment from the first known one, an hour each of the week.</param>
    /// <param name="sites">The same by site, for those that some campaign names.</param>
    public Supply(double[] everywhere, IReadOnlyDictionary<Guid, double[]> sites)
    {
        ArgumentNullException.ThrowIfNull(everywhere);
        _everywhere = everywhere.Sum() > 0 ? everywhere : AssumedWeek;
        _sites = sites;
        _whole = [.. _everywhere.Chunk(WeeklySupply.Hours).Select(c => c.Sum())];
    }

    /// <summary>Nothing has been seen yet.</summary>
    public static Supply Unknown { get; } = new([], new Dictionary<Guid, double[]>());

    /// <summary>The place of a segment's hour in an array of this kind.</summary>
    /// <param name="segment">A known segment.</param>
    /// <param name="day">Day of the week, 0 for Monday.</param>
    /// <param name="hour">Hour of the day.</param>
    public static int Place(Segment segment, int day, int hour) => (((int)segment - 1) * WeeklySupply.Hours) + (day * 24) + hour;

    /// <summary>A new array of this kind.</summary>
    public static double[] NewWeek() => new double[Kinds * WeeklySupply.Hours];

    /// <summary>People of some segments in each hour of a week, at a campaign's sites, days and hours.</summary>
    /// <param name="campaign">The campaign.</param>
    public double[] WeekOf(SnapshotCampaign campaign)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        var week = new double[WeeklySupply.Hours];
        if (campaign.SiteIds.Count == 0) Add(week, _everywhere, campaign.Targets);
        foreach (var site in campaign.SiteIds) Add(week, _sites.GetValueOrDefault(site, AssumedWeek), campaign.Targets);
        for (var hour = 0; hour < week.Length; hour++)
        {
            if (((campaign.Days >> (hour / 24)) & (campaign.Hours >> (hour % 24)) & 1) == 0) week[hour] = 0;
        }
        return week;
    }

    /// <summary>People of a segment in a week, at all sites.</summary>
    /// <param name="segment">The segment.</param>
    public double Whole(Segment segment) => _whole[(int)segment - 1];

    private static void Add(double[] week, double[] by, IReadOnlyList<Segment> targets)
    {
        foreach (var segment in targets)
        {
            if (segment == Segment.Unknown) continue;
            for (var hour = 0; hour < week.Length; hour++) week[hour] += by[Place(segment, 0, hour)];
        }
    }
}
