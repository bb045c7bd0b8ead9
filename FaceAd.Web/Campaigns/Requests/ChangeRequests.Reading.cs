using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Campaigns.Requests;

/// <summary>A request beside the campaign: while it is open as it is now, afterwards as it was then.</summary>
/// <param name="Request">The request.</param>
/// <param name="Campaign">The campaign.</param>
/// <param name="Before">The terms to compare with.</param>
/// <param name="Changed">What differs.</param>
/// <param name="Misfits">Why it cannot be accepted; empty when it can, and for a closed one.</param>
/// <param name="AccruedKrw">The campaign's cost to date.</param>
/// <param name="Creatives">The newest known version of each creative that either names, by line.</param>
/// <param name="Places">Names of sites and groups that either names.</param>
public sealed record RequestView(
    ChangeRequest Request, Campaign Campaign, RequestedTerms Before, IReadOnlyList<ChangedTerm> Changed,
    IReadOnlyList<RequestMisfit> Misfits, decimal AccruedKrw, IReadOnlyDictionary<Guid, Creative> Creatives,
    IReadOnlyDictionary<Guid, string> Places);

/// <content>Reading.</content>
sealed partial class ChangeRequests
{
    /// <summary>A campaign's requests, newest first; empty for anyone who may not see the campaign.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="most">Maximum number of results.</param>
    /// <param name="before">Only those before this one; null for the newest.</param>
    public async Task<IReadOnlyList<ChangeRequest>> ListAsync(
        Viewer viewer, Guid campaign, int most, (DateTimeOffset At, Guid Id)? before = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var rows = Visible(db, viewer).AsNoTracking().Where(r => r.CampaignId == campaign);
        if (before is { } place)
            rows = rows.Where(r => EF.Functions.LessThan(ValueTuple.Create(r.CreatedAt, r.Id), ValueTuple.Create(place.At, place.Id)));
        return await rows.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Id).Take(most).ToListAsync();
    }

    /// <summary>One request with all that a decision needs; null when there is none that the user may see.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="id">The request.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    public async Task<RequestView?> FindAsync(Viewer viewer, Guid id, DateOnly today)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (await Visible(db, viewer).SingleOrDefaultAsync(r => r.Id == id) is not { } request) return null;
        var campaign = await db.Campaigns.Include(c => c.Organisation).SingleAsync(c => c.Id == request.CampaignId);
        var check = await RequestCheck.OfAsync(db, campaign, request.Asked, today, clock.GetUtcNow());
        var open = request.State == ChangeRequestState.Open;
        var before = open ? RequestedTerms.Of(campaign) : request.Before;
        Guid[] Both(Func<RequestedTerms, IEnumerable<Guid>> of) => [.. of(before).Concat(of(request.Asked)).Distinct()];
        var (siteIds, groupIds) = (Both(t => t.SiteIds), Both(t => t.GroupIds));
        var places = await db.Sites.Where(s => siteIds.Contains(s.Id)).ToDictionaryAsync(s => s.Id, s => s.Name);
        foreach (var group in await db.SiteGroups.Where(g => groupIds.Contains(g.Id)).ToListAsync()) places[group.Id] = group.Name;
        return new RequestView(
            request, campaign, before, request.Asked.Differences(before), open ? check.Misfits(request.Before, today) : [], check.Accrued,
            Both(t => t.Creatives.Keys).Where(check.Lines.Contains).ToDictionary(l => l, l => check.Playing(l) ?? check.Lines[l].First()),
            places);
    }

    /// <summary>A campaign's cost to date in KRW. The caller has checked that the user may see the campaign.</summary>
    public async Task<decimal> AccruedAsync(Guid campaign)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var calendar = (await AccruedCost.CalendarsAsync(db, [campaign]))[campaign];
        return AccruedCost.Of(
            await db.Campaigns.AsNoTracking().Include(c => c.Total).SingleAsync(c => c.Id == campaign), calendar, clock.GetUtcNow());
    }

    private static IQueryable<ChangeRequest> Visible(FaceAdDbContext db, Viewer viewer) =>
        db.ChangeRequests.Where(r => CampaignService.Visible(db, viewer).Any(c => c.Id == r.CampaignId));
}
