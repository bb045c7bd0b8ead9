using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Requests;
using FaceAd.Web.Data;
using FaceAd.Web.Delivery;
using FaceAd.Web.Delivery.Sales;
using FaceAd.Web.Reports.Mailing;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Components.Pages.Homes;

/// <summary>Finds what the viewer's own organisation should see to: the newest few of each kind, most pressing kind first.</summary>
sealed class AttentionReader(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time)
{
    /// <summary>The most of each kind.</summary>
    public const int MostOfAKind = 4;

    /// <summary>For how long a decision or an end is news.</summary>
    private static readonly TimeSpan News = TimeSpan.FromDays(14);

    private const int DaysWithoutReport = 28;

    /// <summary>Reads it.</summary>
    /// <param name="viewer">Whose. Somebody who may not change anything is not asked to finish drafts.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    /// <param name="spend">The running campaigns.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<IReadOnlyList<Attention>> ReadAsync(
        Viewer viewer, DateOnly today, Spend spend, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(spend);
        var since = time.GetUtcNow() - News;
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var own = db.Campaigns.AsNoTracking().Where(c => c.OrganisationId == viewer.OrganisationId && c.DeletedAt == null);
        List<Attention> found = [];
        found.AddRange(await own.Where(c => c.State == CampaignState.Rejected)
            .OrderByDescending(c => c.ReviewedAt).ThenBy(c => c.Id).Take(MostOfAKind)
            .Select(c => new Attention(AttentionKind.Rejected, c.Id, c.Name, c.RejectionReason ?? "", null)).ToListAsync(cancellation));
        found.AddRange(await RefusedAsync(db, viewer, since, cancellation));
        found.AddRange(spend.Campaigns.Where(c => c.Pacing.State == PacingState.Behind).Take(MostOfAKind)
            .Select(c => new Attention(AttentionKind.Behind, c.Id, c.Name)));
        found.AddRange(await AnsweredAsync(db, own, since, cancellation));
        found.AddRange(await UnreadAsync(db, own, today, cancellation));
        if (viewer.CanChange)
        {
            found.AddRange(await own.Where(c => c.State == CampaignState.Draft)
                .OrderByDescending(c => c.CreatedAt).ThenBy(c => c.Id).Take(MostOfAKind)
                .Select(c => new Attention(
                    c.Creatives.Any() ? AttentionKind.NotSubmitted : AttentionKind.NoCreative, c.Id, c.Name, "", null))
                .ToListAsync(cancellation));
        }
        return found;
    }

    private static Task<List<Attention>> RefusedAsync(
        FaceAdDbContext db, Viewer viewer, DateTimeOffset since, CancellationToken cancellation)
    {
        var all = db.Creatives.IgnoreQueryFilters().AsNoTracking();
        return all.Where(c => c.OrganisationId == viewer.OrganisationId && c.State == CreativeState.Refused && c.ReviewedAt >= since
                && c.Campaign!.DeletedAt == null && !all.Any(n => n.LineId == c.LineId && n.Version > c.Version))
            .OrderByDescending(c => c.ReviewedAt).ThenBy(c => c.Id).Take(MostOfAKind)
            .Select(c => new Attention(AttentionKind.CreativeRejected, c.CampaignId!.Value, c.Campaign!.Name, c.Name, null))
            .ToListAsync(cancellation);
    }

    private static async Task<IEnumerable<Attention>> AnsweredAsync(
        FaceAdDbContext db, IQueryable<Campaign> own, DateTimeOffset since, CancellationToken cancellation)
    {
        var answered = await db.ChangeRequests.AsNoTracking()
            .Where(r => r.ChangedAt >= since && (r.State == ChangeRequestState.Accepted || r.State == ChangeRequestState.Declined))
            .Join(own, r => r.CampaignId, c => c.Id, (r, c) => new { c.Id, c.Name, r.State, r.Reason, r.ChangedAt })
            .OrderByDescending(r => r.ChangedAt).Take(MostOfAKind).ToListAsync(cancellation);
        return answered.Select(r => new Attention(
            r.State == ChangeRequestState.Accepted ? AttentionKind.Accepted : AttentionKind.Declined, r.Id, r.Name, r.Reason ?? ""));
    }

    // Neither a link nor a mail at the end.
    private static Task<List<Attention>> UnreadAsync(
        FaceAdDbContext db, IQueryable<Campaign> own, DateOnly today, CancellationToken cancellation)
    {
        var first = today.AddDays(-DaysWithoutReport);
        return own.Where(CampaignPhases.Are(CampaignPhase.Ended, today))
            .Where(c => c.EndsOn >= first && !db.ReportLinks.Any(l => l.CampaignId == c.Id)
                && !db.Set<ReportMailing>().Any(m => m.CampaignId == c.Id && m.AtEnd && m.ConfirmedAt != null && m.StoppedAt == null))
            .OrderByDescending(c => c.EndsOn).ThenBy(c => c.Id).Take(MostOfAKind)
            .Select(c => new Attention(AttentionKind.NoReport, c.Id, c.Name, "", c.EndsOn)).ToListAsync(cancellation);
    }
}
