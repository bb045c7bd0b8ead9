using FaceAd.Core.Decisions;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns.Approvals;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Campaigns;

/// <summary>Creates campaigns and takes them from draft to approval. Every query filters by ownership.</summary>
/// <param name="contexts">The database.</param>
/// <param name="rule">Decides whether the approvals suffice.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">The log.</param>
sealed partial class CampaignService(
    IDbContextFactory<FaceAdDbContext> contexts, ApprovalRule rule, TimeProvider clock, ILogger<CampaignService> log)
{
    /// <summary>One campaign with advertiser and creatives; null when there is none that the user may see.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="id">The campaign.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<Campaign?> FindAsync(Viewer viewer, Guid id, CancellationToken cancellation = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        return await Visible(db, viewer).AsNoTracking()
            .Include(c => c.Organisation).Include(c => c.Creatives.OrderBy(f => f.CreatedAt))
            .SingleOrDefaultAsync(c => c.Id == id, cancellation);
    }

    /// <summary>Creates a draft for the user's organisation.</summary>
    /// <param name="viewer">The acting user.</param>
    /// <param name="draft">The terms.</param>
    /// <param name="today">Today, in the site's time zone.</param>
    /// <param name="id">Its identity, for callers that may retry; null generates one.</param>
    /// <returns>The campaign, or the problems with its terms; neither when the identity is, or was, in use.</returns>
    /// <exception cref="UnauthorizedAccessException">The user is read-only.</exception>
    public async Task<(Campaign? Campaign, IReadOnlyList<CampaignProblem> Problems)> CreateAsync(
        Viewer viewer, CampaignDraft draft, DateOnly today, Guid? id = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var (problems, places) = await CheckAsync(db, draft, today);
        if (problems.Count > 0) return (null, problems);
        var campaign = new Campaign
        {
            Id = id ?? Guid.CreateVersion7(),
            OrganisationId = viewer.OrganisationId,
            Name = draft.Name.Trim(),
            StartsOn = draft.Plan.StartsOn,
            EndsOn = draft.Plan.EndsOn,
            Targets = [.. draft.Targets],
            BudgetKrw = draft.BudgetKrw,
            CreatedAt = clock.GetUtcNow(),
        };
        Apply(campaign, draft, places);
        db.Campaigns.Add(campaign);
        db.Audit(viewer, campaign.CreatedAt, AuditVerb.CampaignCreated, AuditSubject.Campaign, campaign.Id, campaign.Name);
        try
        {
            await db.SaveChangesAsync();
        }
        catch (DbUpdateException exception)
            when (id is not null
                && exception.InnerException is PostgresException
                {
                    SqlState: PostgresErrorCodes.UniqueViolation,
                    ConstraintName: "pk_campaigns"
                })
        {
            return (null, []); // a concurrent retry
        }
        await transaction.CommitAsync();
        log.LogInformation("Campaign {Campaign} registered by organisation {Organisation}", campaign.Id, viewer.OrganisationId);
        return (campaign, []);
    }

    /// <summary>Changes the terms of a draft, or of a rejected campaign, which becomes a draft again.</summary>
    /// <param name="viewer">The acting user.</param>
    /// <param name="id">The campaign.</param>
    /// <param name="draft">The terms.</param>
    /// <param name="today">Today, in the site's time zone.</param>
    /// <returns>The campaign, null when there is none that the user may change; and the problems with the terms.</returns>
    public async Task<(Campaign? Campaign, IReadOnlyList<CampaignProblem> Problems)> ChangeAsync(
        Viewer viewer, Guid id, CampaignDraft draft, DateOnly today)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var campaign = await Locked(db, viewer, id);
        if (campaign is null || !CampaignSteps.Editable(campaign.State)) return (null, []);
        if (draft.Version is { } read && read != campaign.Version) return (campaign, [CampaignProblem.ChangedMeanwhile]);
        var (problems, places) = await CheckAsync(db, draft, today);
        if (problems.Count > 0) return (campaign, problems);
        await db.Creatives.Where(c => c.CampaignId == id).OrderBy(c => c.CreatedAt).LoadAsync();
        var before = CampaignTerms.Of(campaign);
        campaign.State = CampaignState.Draft;
        campaign.Version++;
        Apply(campaign, draft, places);
        foreach (var creative in campaign.Creatives)
            creative.Weight = draft.Weights.TryGetValue(creative.Id, out var weight) ? weight : creative.Weight;
        db.Audit(viewer, clock.GetUtcNow(), AuditVerb.CampaignChanged, AuditSubject.Campaign, id, campaign.Name,
            CampaignTerms.Changes(before, CampaignTerms.Of(campaign)));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return (campaign, []);
    }

    /// <summary>Applies an action to a campaign.</summary>
    /// <param name="viewer">The acting user; only administrators approve and reject.</param>
    /// <param name="id">The campaign.</param>
    /// <param name="action">The action.</param>
    /// <param name="reason">Required for a rejection, at most 1,000 characters.</param>
    /// <param name="confirmed">What the reviewer confirmed; stored with an approval.</param>
    /// <param name="version">The version that the action is for; null for any.</param>
    /// <returns>The step; null when this user sees no such campaign, or may not take the action.</returns>
    /// <exception cref="ArgumentException">A rejection without a reason.</exception>
    public async Task<CampaignStep?> StepAsync(
        Viewer viewer, Guid id, CampaignAction action, string? reason = null, IReadOnlyCollection<ReviewItem>? confirmed = null,
        int? version = null)
    {
        if (CampaignSteps.ForAdmins(action) && !viewer.IsMediaOwner) return null;
        if (action == CampaignAction.Reject && StorableText.IsBlank(reason))
            throw new ArgumentException("A rejection needs a reason.", nameof(reason));
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await Locked(db, viewer, id) is not { } campaign) return null;
        if (version is { } read && read != campaign.Version) return new(false, campaign.State, campaign.State) { IsStale = true };
        var step = CampaignSteps.Next(campaign.State, action);
        if (action == CampaignAction.Submit && !await db.Creatives.AnyAsync(c => c.CampaignId == id))
            step = new(false, campaign.State, campaign.State);
        if (!step.Happened) return step;
        var now = clock.GetUtcNow();
        if (action == CampaignAction.Approve
            && await rule.AddAsync(db, campaign, null, campaign.SubmittedAt ?? campaign.CreatedAt, viewer, confirmed, now) is var outcome
            && outcome != ApprovalOutcome.Enough)
        {
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
            return new(false, campaign.State, campaign.State) { SecondNeeded = true };
        }
        campaign.State = step.To;
        campaign.Version++;
        if (action == CampaignAction.Submit) (campaign.SubmittedAt, campaign.ReviewedAt, campaign.RejectionReason) = (now, null, null);
        if (CampaignSteps.ForAdmins(action)) campaign.ReviewedAt = now;
        if (action == CampaignAction.Reject) campaign.RejectionReason = StorableText.Cut(reason!.Trim(), Campaign.MaxReason);
        db.Audit(viewer, now, VerbOf(action), AuditSubject.Campaign, id, campaign.Name,
            ("reason", action == CampaignAction.Reject ? reason : null));
        await ApprovalRule.TellAsync(db, viewer, campaign, action, campaign.RejectionReason, now);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        log.LogInformation("Campaign {Campaign}: {Action}, {From} to {To}", id, action, step.From, step.To);
        return step;
    }

    /// <summary>Removes a creative from a draft. Its file stays while other creatives use the same content.</summary>
    /// <param name="viewer">The acting user.</param>
    /// <param name="id">The campaign.</param>
    /// <param name="creativeId">The creative.</param>
    /// <param name="version">The version that it is to be removed from; null for any.</param>
    public async Task<bool> RemoveCreativeAsync(Viewer viewer, Guid id, Guid creativeId, int? version = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await Locked(db, viewer, id) is not { } campaign || !CampaignSteps.Editable(campaign.State)
            || (version is { } read && read != campaign.Version)) return false;
        var creative = await db.Creatives.SingleOrDefaultAsync(c => c.CampaignId == id && c.Id == creativeId);
        if (creative is null) return false;
        db.Creatives.Remove(creative);
        campaign.Version++;
        db.Audit(
            viewer, clock.GetUtcNow(), AuditVerb.CreativeRemoved, AuditSubject.Campaign, id, campaign.Name, ("creative", creative.Name));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>
    /// The campaigns that a viewer sees: all of the media owner's installation, or those of the advertiser, that are not deleted. The media
    /// owner keeps those that were booked, whoever deletes them.
    /// </summary>
    internal static IQueryable<Campaign> Visible(FaceAdDbContext db, Viewer viewer) => db.Campaigns.Where(viewer.IsMediaOwner
        ? CampaignSteps.ListedForMediaOwner
        : c => c.DeletedAt == null && c.OrganisationId == viewer.OrganisationId);

    /// <summary>
    /// The row, locked until the transaction ends, so that concurrent actions run one after the other. Null for a read-only user.
    /// </summary>
    internal static Task<Campaign?> Locked(FaceAdDbContext db, Viewer viewer, Guid id) =>
        db.Campaigns
            .FromSql($"SELECT * FROM campaigns WHERE id = {id} AND deleted_at IS NULL AND {viewer.CanChange} AND ({viewer.IsMediaOwner} OR organisation_id = {viewer.OrganisationId}) FOR UPDATE")
            .SingleOrDefaultAsync();

    private static AuditVerb VerbOf(CampaignAction action) => action switch
    {
        CampaignAction.Submit => AuditVerb.CampaignSubmitted,
        CampaignAction.Revise => AuditVerb.CampaignRevised,
        CampaignAction.Approve => AuditVerb.CampaignApproved,
        CampaignAction.Reject => AuditVerb.CampaignRejected,
        CampaignAction.Pause => AuditVerb.CampaignPaused,
        CampaignAction.Resume => AuditVerb.CampaignResumed,
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "Unknown action."),
    };

    /// <summary>
    /// Checks terms, and finds the groups they name. Locks the groups until the transaction ends: a concurrent group change then waits, and
    /// updates this campaign too.
    /// </summary>
    internal static async Task<(IReadOnlyList<CampaignProblem> Problems, IReadOnlyList<SiteGroup> Groups)> CheckAsync(
        FaceAdDbContext db, CampaignDraft draft, DateOnly today)
    {
        var named = draft.GroupIds.ToArray();
        IReadOnlyList<SiteGroup> groups = named.Length == 0 ? []
            : await db.SiteGroups.FromSql($"SELECT * FROM site_groups WHERE id = ANY ({named}) ORDER BY id FOR SHARE").AsNoTracking()
                .ToListAsync();
        var sites = draft.SiteIds.ToArray();
        var known = sites.Length == 0 ? [] : await db.Sites.Where(s => sites.Contains(s.Id)).Select(s => s.Id).ToListAsync();
        return (draft.Problems(today, known, [.. groups.Select(g => g.Id)]), groups);
    }

    /// <summary>Gives a campaign its terms, except the weights of its creatives.</summary>
    internal static void Apply(Campaign campaign, CampaignDraft draft, IReadOnlyList<SiteGroup> groups)
    {
        campaign.Name = draft.Name.Trim();
        campaign.Targets = [.. draft.Targets];
        campaign.BudgetKrw = draft.BudgetKrw;
        campaign.Plan = draft.Plan;
        campaign.GroupIds = [.. groups.Select(g => g.Id)];
        campaign.OwnSiteIds = groups.Count == 0 ? null : [.. draft.SiteIds];
        campaign.SiteIds = SiteGroups.Together(draft.SiteIds, groups);
        (campaign.Days, campaign.Hours) = (draft.Days, draft.Hours);
        campaign.PriceModel = draft.PriceModel;
        campaign.Delivery = draft.Delivery;
        campaign.PricePerThousandKrw = draft.PriceModel == PriceModel.PerThousand ? draft.PricePerThousandKrw : null;
    }
}
