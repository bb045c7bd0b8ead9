namespace FaceAd.Core.Decisions.Value;

/// <summary>The campaigns of a table that site, day and hour let run.</summary>
internal readonly ref struct OnAir
{
    private readonly ReadOnlySpan<ulong> _site;
    private readonly ReadOnlySpan<ulong> _day;
    private readonly ReadOnlySpan<ulong> _hour;

    /// <summary>Finds them.</summary>
    /// <param name="table">The campaigns.</param>
    /// <param name="site">The site.</param>
    /// <param name="clock">The instant on the site's clock.</param>
    public OnAir(CampaignTable table, Guid site, DateTime clock)
    {
        _site = table.SiteSet(site);
        _day = table.DaySet(clock);
        _hour = table.HourSet(clock);
    }

    /// <summary>Number of words of a set.</summary>
    public int Words => _site.Length;

    /// <summary>64 campaigns, a bit each.</summary>
    public ulong Word(int word) => _site[word] & _day[word] & _hour[word];

    /// <summary>Whether a campaign is among them.</summary>
    public bool Has(int number) => ((Word(number >> 6) >> number) & 1) != 0;
}
