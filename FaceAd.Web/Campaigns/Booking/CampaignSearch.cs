namespace FaceAd.Web.Campaigns.Booking;

/// <summary>Sort order of a list of campaigns.</summary>
public enum CampaignOrder
{
    /// <summary>Newest first.</summary>
    Newest = 0,

    /// <summary>By name.</summary>
    Name = 1,

    /// <summary>By first day.</summary>
    Starts = 2,

    /// <summary>By last day.</summary>
    Ends = 3,

    /// <summary>Largest budget first.</summary>
    Budget = 4,
}

/// <summary>Filters of a campaign list; null matches all.</summary>
public sealed record CampaignSearch
{
    /// <summary>Part of the name, ignoring case.</summary>
    public string? Search { get; init; }

    /// <summary>Their phase.</summary>
    public CampaignPhase? Phase { get; init; }

    /// <summary>Part of the advertiser's name; for administrators.</summary>
    public string? Advertiser { get; init; }

    /// <summary>The advertiser; for administrators.</summary>
    public Guid? AdvertiserId { get; init; }

    /// <summary>Part of the name of a site the campaign may run at.</summary>
    public string? Site { get; init; }

    /// <summary>A site the campaign may run at.</summary>
    public Guid? SiteId { get; init; }

    /// <summary>Ends on this day or later.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Starts on this day or earlier.</summary>
    public DateOnly? To { get; init; }

    /// <summary>Sort order.</summary>
    public CampaignOrder Order { get; init; }

    /// <summary>Campaigns after this position.</summary>
    public CampaignCursor? After { get; init; }
}
