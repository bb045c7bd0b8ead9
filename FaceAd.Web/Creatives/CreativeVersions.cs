using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Creatives;

/// <summary>Puts films into campaigns: into a draft at once; into a running campaign as a proposal, while the version before it plays on.</summary>
static class CreativeVersions
{
    /// <summary>Where a new film of a campaign begins; null when the campaign takes none now.</summary>
    public static CreativeState? PlaceIn(CampaignState state) => state switch
    {
        CampaignState.Draft or CampaignState.Rejected => CreativeState.Current,
        CampaignState.Approved or CampaignState.Paused => CreativeState.Proposed,
        _ => null, // it must not change under the reviewer
    };

    /// <summary>Adds a film to the open transaction, which holds the campaign's row.</summary>
    /// <param name="db">A context with an open transaction.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="replaces">The version that it replaces, or any other of the same film; null for a further film.</param>
    /// <param name="make">Makes the row from the root, the number and the state it gets.</param>
    /// <param name="now">Now.</param>
    /// <returns>The row; null when the campaign takes no film now, or there is no such film in it.</returns>
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
            (root, number, weight) = (line, newest.Version + 1, newest.Weight); // its share of the plays stays
            // In a draft the version before gives way at once; in a running campaign only an older proposal does. Before the new row: each line has one of a kind.
            await all.Where(c => c.LineId == line && c.State == place)
                .ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CreativeState.Replaced).SetProperty(c => c.ReplacedAt, now));
        }
        var creative = make(root, number, place);
        creative.Weight = weight;
        db.Creatives.Add(creative);
        return creative;
    }

    /// <summary>The row of a campaign that a viewer may change, held until the transaction ends.</summary>
    public static Task<Campaign?> LockAsync(FaceAdDbContext db, Viewer viewer, Guid campaign) =>
        db.Campaigns
            .FromSql($"SELECT * FROM campaigns WHERE id = {campaign} AND deleted_at IS NULL AND {viewer.CanChange} AND ({viewer.IsAdmin} OR organisation_id = {viewer.OrganisationId}) FOR UPDATE")
            .SingleOrDefaultAsync();
}
