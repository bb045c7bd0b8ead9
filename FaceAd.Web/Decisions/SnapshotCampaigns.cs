using FaceAd.Core.Decisions;
using FaceAd.Web.Campaigns;

namespace FaceAd.Web.Decisions;

/// <summary>Campaigns as decisions and forecasts take them.</summary>
static class SnapshotCampaigns
{
    /// <summary>A campaign with what is loaded of its total and its creatives.</summary>
    /// <param name="campaign">The campaign.</param>
    public static SnapshotCampaign Of(Campaign campaign)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        return new SnapshotCampaign
        {
            Id = campaign.Id,
            StartsOn = campaign.StartsOn,
            EndsOn = campaign.EndsOn,
            Flights = campaign.Flights,
            Targets = campaign.Targets,
            SiteIds = campaign.SiteIds,
            Days = campaign.Days,
            Hours = campaign.Hours,
            PriceModel = campaign.PriceModel,
            BudgetKrw = campaign.BudgetKrw,
            PricePerThousandKrw = campaign.PricePerThousandKrw,
            Accruals = campaign.Accruals,
            Delivery = campaign.Delivery,
            Impressions = campaign.Total?.Impressions ?? 0,
            TargetImpressions = campaign.Total?.TargetImpressions ?? 0,
            LastPlayAt = campaign.Total?.LastPlayAt,
            Creatives = [.. campaign.Creatives
                .Select(c => new SnapshotCreative(c.Id, c.Name, c.Sha256, c.Bytes, c.Seconds) { Weight = c.Weight })],
        };
    }
}
