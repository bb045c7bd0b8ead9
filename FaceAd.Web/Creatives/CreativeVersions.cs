using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Creatives;

/// <summary>
/// Adds creatives to campaigns: to a draft directly; to a running campaign as a proposal, while the current version keeps playing.
/// </summary>
static class CreativeVersions
{
    /// <summary>Initial state of a new creative; null when the campaign accepts none now.</summary>
    public static CreativeState? PlaceIn(CampaignState state) => state switch
    {
        CampaignState.Draft or CampaignState.Rejected => CreativeState.Current,
        CampaignState.Approved or CampaignState.Paused => CreativeState.Proposed,
        _ => null, // must not change during the review
    };

    /// <summary>Adds a creative within the open transaction, which has locked the campaign's row.</summary>
    /// <param name="db">A context with an open transaction.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="replaces">The version it replaces, or any other of the same creative; null for an additional one.</param>
    /// <param name="make">Creates the row from root, version number and state.</param>
    /// <param name="now">The current time.</param>
    /// <returns>The row; null when the campaign accepts no creative now, or has no such creative.</returns>
    public static async Task<Creative?> AddAsync(
        FaceAdDbContext db, Campaign campaign, Guid? replaces, Func<Guid?, int, CreativeState, Creative> make, DateTimeOffset now)
    {
        if (PlaceIn(campaign.State) is not { } place) return null;
        Guid? root = null;
        var (number, weight) = (1, 1);
        if (replaces is { } version)
        {
            var all = db.Creatives.IgnoreQueryFilters().Where(c => c.CampaignId == campaign.Id);
            if (await all.Where(c => c.Id == version).Select(c => (Guid?)c.LineId).SingleOrDefaultAsync() is not { } line) return null;
            var newest = await all.AsNoTracking().Where(c => c.LineId == line).OrderByDescending(c => c.Version).FirstAsync();
            (root, number, weight) = (line, newest.Version + 1, newest.Weight); // keeps its weight
            // In a draft the previous version is replaced directly; in a running campaign only an older proposal is. This comes before the
            // new row is added, because each line has at most one row per state.
            await all.Where(c => c.LineId == line && c.State == place)
                .ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CreativeState.Replaced).SetProperty(c => c.ReplacedAt, now));
        }
        var creative = make(root, number, place);
        creative.Weight = weight;
        db.Creatives.Add(creative);
        return creative;
    }

    /// <summary>The row of a campaign the user may change, locked until the transaction ends.</summary>
    public static Task<Campaign?> LockAsync(FaceAdDbContext db, Viewer viewer, Guid campaign) =>
        db.Campaigns
            .FromSql($"SELECT * FROM campaigns WHERE id = {campaign} AND deleted_at IS NULL AND {viewer.CanChange} AND ({viewer.IsMediaOwner} OR organisation_id = {viewer.OrganisationId}) FOR UPDATE")
            .SingleOrDefaultAsync();
}
