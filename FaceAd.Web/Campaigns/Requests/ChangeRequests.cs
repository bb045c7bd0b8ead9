using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using FaceAd.Web.Notifications;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Campaigns.Requests;

/// <summary>
/// Advertisers ask for changes of booked campaigns; the media owner accepts or declines them. Every step locks the campaign's row first, so
/// that of any two, on whichever node, one comes after the other and sees what it did.
/// </summary>
/// <param name="contexts">The database.</param>
/// <param name="clock">The clock.</param>
sealed partial class ChangeRequests(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider clock)
{
    /// <summary>Sends a request, or another one in place of the open one.</summary>
    /// <param name="viewer">The acting user, of the campaign's advertiser.</param>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="draft">The requested terms. Name and price are the campaign's, whatever it says. Its version, if it has one, must be
    /// the campaign's.</param>
    /// <param name="creatives">The creatives that are to play with their weights, by version or line; null for those that play now.</param>
    /// <param name="message">For the media owner; cut to <see cref="ChangeRequest.MaxText"/>.</param>
    /// <param name="replaces">The open request that it replaces; null when there is none.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    /// <param name="id">Its identity, for callers that may retry; null generates one.</param>
    /// <exception cref="DbUpdateException">The identity is already in use.</exception>
    public async Task<RequestOutcome> AskAsync(
        Viewer viewer, Guid campaignId, CampaignDraft draft, IReadOnlyDictionary<Guid, int>? creatives, string? message, Guid? replaces,
        DateOnly today, Guid? id = null)
    {
        ArgumentNullException.ThrowIfNull(draft);
        if (viewer.IsMediaOwner) return No(RequestRefusal.NotAdvertiser);
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await CampaignService.Locked(db, viewer, campaignId) is not { } campaign) return No(RequestRefusal.Gone);
        if (!CampaignSteps.IsBooked(campaign.State)) return No(RequestRefusal.NotBooked);
        if (CampaignPhases.Of(campaign, today) == CampaignPhase.Ended) return No(RequestRefusal.Over);
        if (draft.Version is { } read && read != campaign.Version) return No(RequestRefusal.ChangedMeanwhile);
        var open = await db.ChangeRequests.SingleOrDefaultAsync(r => r.CampaignId == campaignId && r.State == ChangeRequestState.Open);
        if (open?.Id != replaces) return No(open is null ? RequestRefusal.NotOpen : RequestRefusal.AnotherOpen);
        (draft.Name, draft.PriceModel, draft.PricePerThousandKrw) = (campaign.Name, campaign.PriceModel, campaign.PricePerThousandKrw);
        draft.Delivery = campaign.Delivery;
        if ((await CampaignService.CheckAsync(db, draft, today)).Problems is { Count: > 0 } wrong) return Bad(wrong);

        var now = clock.GetUtcNow();
        var versions = await db.Creatives.IgnoreQueryFilters().Where(c => c.CampaignId == campaignId).ToListAsync();
        var before = RequestedTerms.Of(campaign);
        Dictionary<Guid, int> plays = [];
        foreach (var (creative, weight) in creatives ?? before.Creatives)
        {
            var line = versions.FirstOrDefault(c => c.Id == creative)?.LineId;
            if (line is null || !plays.TryAdd(line.Value, weight)) return Bad([CampaignProblem.CreativeUnknown]);
        }
        var check = await RequestCheck.OfAsync(db, campaign, RequestedTerms.Of(draft, plays), today, now);
        List<CampaignProblem> problems = [.. check.Problems];
        if (plays.Keys.Any(line => check.Playing(line) is null)) problems.Add(CampaignProblem.CreativeUnknown);
        if (plays.Count == 0) problems.Add(CampaignProblem.CreativeMissing);
        if (plays.Values.Any(weight => weight is < 1 or > Creative.MaxWeight)) problems.Add(CampaignProblem.WeightOutOfRange);
        if (problems.Count > 0) return Bad(problems);
        if (check.Asked.Differences(before).Count == 0) return No(RequestRefusal.Same);

        if (open is not null)
        {
            (open.State, open.ChangedAt) = (ChangeRequestState.Replaced, now);
            Drop(check, open, now);
            await db.SaveChangesAsync(); // before the new one: a campaign has one open request
        }
        var request = new ChangeRequest
        {
            Id = id ?? Guid.CreateVersion7(),
            CampaignId = campaignId,
            UserId = viewer.UserId,
            Author = await db.Users.Where(u => u.Id == viewer.UserId).Select(u => u.DisplayName).SingleOrDefaultAsync()
                ?? viewer.Name ?? "",
            Message = Cut(message),
            Before = before,
            Asked = check.Asked,
            CreatedAt = now,
            ChangedAt = now,
        };
        db.Add(request);
        db.Audit(viewer, now, AuditVerb.ChangeRequested, AuditSubject.Campaign, campaignId, campaign.Name,
            [.. check.Changes(db), ("message", request.Message)]);
        await db.NotifyOwnersAsync(NotificationKind.ChangeRequested, campaignId, campaign.Name, request.Message, viewer, now);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return new RequestOutcome(request, null);
    }

    /// <summary>Takes a request back.</summary>
    /// <param name="viewer">The acting user, of the campaign's advertiser.</param>
    /// <param name="id">The request.</param>
    public Task<RequestOutcome> WithdrawAsync(Viewer viewer, Guid id) => viewer.IsMediaOwner
        ? Task.FromResult(No(RequestRefusal.NotAdvertiser))
        : CloseAsync(viewer, id, ChangeRequestState.Withdrawn, null, AuditVerb.ChangeWithdrawn, NotificationKind.ChangeWithdrawn);

    /// <summary>Declines a request; the campaign stays as it is.</summary>
    /// <param name="viewer">An administrator.</param>
    /// <param name="id">The request.</param>
    /// <param name="reason">The reason; cut to <see cref="ChangeRequest.MaxText"/>.</param>
    /// <exception cref="ArgumentException">The reason is missing.</exception>
    public Task<RequestOutcome> DeclineAsync(Viewer viewer, Guid id, string reason)
    {
        if (Cut(reason) is not { } said) throw new ArgumentException("Declining needs a reason.", nameof(reason));
        return !viewer.IsMediaOwner ? Task.FromResult(No(RequestRefusal.Gone))
            : CloseAsync(viewer, id, ChangeRequestState.Declined, said, AuditVerb.ChangeDeclined, NotificationKind.ChangeDeclined);
    }

    /// <summary>Gives the campaign the requested terms.</summary>
    /// <param name="viewer">An administrator.</param>
    /// <param name="id">The request.</param>
    /// <param name="version">The campaign's version that the administrator saw.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    public async Task<RequestOutcome> AcceptAsync(Viewer viewer, Guid id, int version, DateOnly today)
    {
        if (!viewer.IsMediaOwner) return No(RequestRefusal.Gone);
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await LockedAsync(db, viewer, id) is not var (campaign, request)) return No(RequestRefusal.Gone);
        if (request.State != ChangeRequestState.Open) return new(request, RequestRefusal.NotOpen);
        if (campaign.Version != version) return new(request, RequestRefusal.ChangedMeanwhile);
        var now = clock.GetUtcNow();
        var check = await RequestCheck.OfAsync(db, campaign, request.Asked, today, now);
        if (check.Misfits(request.Before, today) is { Count: > 0 } misfits)
            return new(request, RequestRefusal.Misfit) { Misfits = misfits };

        db.Audit(viewer, now, AuditVerb.ChangeAccepted, AuditSubject.Campaign, campaign.Id, campaign.Name, check.Changes(db));
        AccruedCost.Keep(campaign, check.Accrued, now);
        CampaignService.Apply(campaign, check.Draft, check.Groups);
        foreach (var left in check.Lines.SelectMany(l => l)
            .Where(c => c.State == CreativeState.Current && !request.Asked.Creatives.ContainsKey(c.LineId)))
            (left.State, left.ReplacedAt) = (CreativeState.Replaced, now);
        foreach (var (line, weight) in request.Asked.Creatives)
        {
            var creative = check.Playing(line)!;
            (creative.State, creative.Weight) = (CreativeState.Current, weight);
        }
        campaign.Version++;
        (request.State, request.ChangedAt) = (ChangeRequestState.Accepted, now);
        await db.NotifyOrganisationAsync(
            campaign.OrganisationId, NotificationKind.ChangeAccepted, campaign.Id, campaign.Name, null, viewer, now);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return new(request, null);
    }

    /// <summary>
    /// Whether a new creative awaits the outcome of an open request: once approved it is held, and plays when the request is accepted.
    /// Inside the transaction that has locked the campaign.
    /// </summary>
    internal static async Task<bool> HoldsAsync(FaceAdDbContext db, Creative creative)
    {
        var open = await db.ChangeRequests.AsNoTracking()
            .SingleOrDefaultAsync(r => r.CampaignId == creative.CampaignId && r.State == ChangeRequestState.Open);
        return open?.Asked.Creatives.ContainsKey(creative.LineId) == true && !await db.Creatives.AnyAsync(c => c.LineId == creative.LineId);
    }

    /// <summary>What awaits a decision: open requests of campaigns that are not deleted.</summary>
    internal static IQueryable<ChangeRequest> Waiting(FaceAdDbContext db) => db.ChangeRequests.AsNoTracking()
        .Where(r => r.State == ChangeRequestState.Open && db.Campaigns.Any(c => c.Id == r.CampaignId && c.DeletedAt == null));

    private async Task<RequestOutcome> CloseAsync(
        Viewer viewer, Guid id, ChangeRequestState state, string? reason, AuditVerb verb, NotificationKind kind)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await LockedAsync(db, viewer, id) is not var (campaign, request)) return No(RequestRefusal.Gone);
        if (request.State != ChangeRequestState.Open) return new(request, RequestRefusal.NotOpen);
        var now = clock.GetUtcNow();
        (request.State, request.ChangedAt, request.Reason) = (state, now, reason);
        var creatives = await db.Creatives.IgnoreQueryFilters().Where(c => c.CampaignId == campaign.Id).ToListAsync();
        Drop(creatives.ToLookup(c => c.LineId), request, null, now);
        db.Audit(viewer, now, verb, AuditSubject.Campaign, campaign.Id, campaign.Name, ("reason", reason));
        if (viewer.IsMediaOwner)
            await db.NotifyOrganisationAsync(campaign.OrganisationId, kind, campaign.Id, campaign.Name, reason, viewer, now);
        else await db.NotifyOwnersAsync(kind, campaign.Id, campaign.Name, null, viewer, now);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return new(request, null);
    }

    // The campaign's row is locked before its request is read.
    private static async Task<(Campaign, ChangeRequest)?> LockedAsync(FaceAdDbContext db, Viewer viewer, Guid id)
    {
        var campaignId = await db.ChangeRequests.Where(r => r.Id == id).Select(r => (Guid?)r.CampaignId).SingleOrDefaultAsync();
        if (campaignId is not { } known || await CampaignService.Locked(db, viewer, known) is not { } campaign) return null;
        return (campaign, await db.ChangeRequests.SingleAsync(r => r.Id == id));
    }

    private static void Drop(RequestCheck check, ChangeRequest request, DateTimeOffset now) => Drop(check.Lines, request, check.Asked, now);

    // Creatives that only the request brought go with it: nobody asks for them any more.
    private static void Drop(ILookup<Guid, Creative> lines, ChangeRequest request, RequestedTerms? instead, DateTimeOffset now)
    {
        foreach (var line in request.Asked.Creatives.Keys.Where(l => instead?.Creatives.ContainsKey(l) != true)
            .Select(l => lines[l]).Where(l => l.All(c => c.State != CreativeState.Current)))
        {
            foreach (var creative in line.Where(c => c.State is CreativeState.Held or CreativeState.Proposed))
                (creative.State, creative.ReplacedAt) = (CreativeState.Replaced, now);
        }
    }

    private static string? Cut(string? text) =>
        StorableText.Trimmed(text) is { } said ? StorableText.Cut(said, ChangeRequest.MaxText) : null;

    private static RequestOutcome No(RequestRefusal refusal) => new(null, refusal);

    private static RequestOutcome Bad(IReadOnlyList<CampaignProblem> problems) =>
        new(null, RequestRefusal.Terms) { Problems = problems };
}
