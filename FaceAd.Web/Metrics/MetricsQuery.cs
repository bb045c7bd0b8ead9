namespace FaceAd.Web.Metrics;

/// <summary>Selects a campaign's figures, or those of a part of it. Equal queries share one computation.</summary>
/// <param name="CampaignId">The campaign.</param>
public sealed record MetricsQuery(Guid CampaignId)
{
    /// <summary>First day; null for the flight's first.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last day; null for the flight's last.</summary>
    public DateOnly? To { get; init; }

    /// <summary>One site only.</summary>
    public Guid? SiteId { get; init; }

    /// <summary>One screen only.</summary>
    public Guid? ScreenId { get; init; }

    /// <summary>One creative only.</summary>
    public Guid? CreativeId { get; init; }

    /// <summary>Whether it covers all of the campaign's screens and creatives.</summary>
    public bool Everywhere => SiteId is null && ScreenId is null && CreativeId is null;
}
