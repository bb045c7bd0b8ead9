using FaceAd.Core.Decisions;
using FaceAd.Web.Campaigns;

namespace FaceAd.Web.Decisions;

/// <summary>Compares two snapshots of the same instant.</summary>
static class SnapshotDifference
{
    /// <summary>The campaigns, <see cref="CampaignChanges.HouseLoop"/> included, that differ or that only one of them has.</summary>
    public static List<Guid> Of(DecisionSnapshot one, DecisionSnapshot other)
    {
        var left = one.Campaigns.ToDictionary(c => c.Id);
        List<Guid> differing = [];
        foreach (var campaign in other.Campaigns)
        {
            if (!left.Remove(campaign.Id, out var same) || !Same(same, campaign)) differing.Add(campaign.Id);
        }
        differing.AddRange(left.Keys);
        if (!one.HouseLoop.SequenceEqual(other.HouseLoop)) differing.Add(CampaignChanges.HouseLoop);
        return differing;
    }

    /// <summary>Whether two campaigns differ in nothing but what they have had so far.</summary>
    public static bool HasSameTerms(SnapshotCampaign one, SnapshotCampaign other) => Same(one, other with
    {
        Impressions = one.Impressions,
        TargetImpressions = one.TargetImpressions,
        LastPlayAt = one.LastPlayAt,
        Creatives = other.Creatives.Count != one.Creatives.Count ? other.Creatives
            : [.. other.Creatives.Zip(one.Creatives, (c, before) => c with { Plays = before.Plays })],
    });

    // Records compare lists by reference.
    private static bool Same(SnapshotCampaign one, SnapshotCampaign other) =>
        one == other with
        {
            Flights = one.Flights,
            Targets = one.Targets,
            SiteIds = one.SiteIds,
            Creatives = one.Creatives,
            Accruals = one.Accruals,
        }
        && (one.Flights ?? []).SequenceEqual(other.Flights ?? []) && one.Targets.SequenceEqual(other.Targets)
        && one.SiteIds.SequenceEqual(other.SiteIds) && one.Creatives.SequenceEqual(other.Creatives)
        && (one.Accruals ?? []).SequenceEqual(other.Accruals ?? []);
}
