using FaceAd.Core.Decisions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Decisions;

namespace FaceAd.Web.Metrics.Forecasts;

/// <summary>What is asked for, as forecasts take it.</summary>
static class Plans
{
    /// <summary>What keeps a draft from being forecast.</summary>
    /// <param name="draft">The draft.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    /// <param name="sites">Known sites.</param>
    /// <param name="groups">Known groups.</param>
    public static IReadOnlyList<CampaignProblem> Problems(
        CampaignDraft draft, DateOnly today, IReadOnlyCollection<Guid> sites, IReadOnlyCollection<Guid> groups) =>
        [.. draft.Problems(today, sites, groups)
            .Where(p => p is not (CampaignProblem.NameMissing or CampaignProblem.NameTooLong or CampaignProblem.WeightOutOfRange))];

    /// <summary>
    /// The plan of a draft; null while it is too incomplete to forecast. A name is not needed, and neither is a creative.
    /// </summary>
    /// <param name="draft">The draft.</param>
    /// <param name="campaign">The campaign, whose own booking does not count; null for a new one.</param>
    /// <param name="sites">The sites it names, those of its groups included; empty for all.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    /// <param name="delivered">Target impressions that the campaign has had.</param>
    public static SnapshotCampaign? Of(
        CampaignDraft draft, Guid? campaign, IReadOnlyList<Guid> sites, DateOnly today, long delivered = 0)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(sites);
        if (sites.Count > ForecastReader.MostSites) return null;
        if (Problems(draft, today, [.. draft.SiteIds], [.. draft.GroupIds]).Count > 0) return null;
        var asked = new Campaign
        {
            Id = campaign ?? Guid.CreateVersion7(),
            OrganisationId = Guid.Empty,
            Name = "",
            StartsOn = draft.Plan.StartsOn,
            EndsOn = draft.Plan.EndsOn,
            Targets = [],
            BudgetKrw = draft.BudgetKrw,
            CreatedAt = default,
        };
        CampaignService.Apply(asked, draft, []);
        asked.SiteIds = [.. sites];
        return SnapshotCampaigns.Of(asked) with { TargetImpressions = delivered };
    }
}
