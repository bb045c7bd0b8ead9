namespace FaceAd.Web.Metrics;

/// <summary>What figures are asked for. Two pages that ask the same share one computation.</summary>
/// <param name="CampaignId">The campaign.</param>
public sealed record MetricsQuery(Guid CampaignId);
