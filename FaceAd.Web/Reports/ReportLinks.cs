using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Metrics;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Reports;

/// <summary>Creates, lists, revokes and opens links to reports.</summary>
sealed class ReportLinks(IDbContextFactory<FaceAdDbContext> contexts, CampaignService service, TimeProvider time)
{
    /// <summary>The most valid links per campaign.</summary>
    public const int MostOpen = 50;

    /// <summary>Lifetimes offered, in days.</summary>
    public static IReadOnlyList<int> Lifetimes { get; } = [7, 30, 90];

    /// <summary>Creates a link.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="query">What it shows.</param>
    /// <param name="days">One of <see cref="Lifetimes"/>.</param>
    /// <param name="id">Its identity, for callers that may retry; null generates one.</param>
    /// <returns>The link and its secret, shown only once; null when the user sees no such campaign, is read-only, or the campaign has too
    /// many links.</returns>
    public async Task<(ReportLink Link, string Token)?> MakeAsync(Viewer viewer, MetricsQuery query, int days, Guid? id = null)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (!Lifetimes.Contains(days)) throw new ArgumentOutOfRangeException(nameof(days), days, "A link is valid for 7, 30 or 90 days.");
        if (!viewer.CanChange || await service.FindAsync(viewer, query.CampaignId) is not { } campaign) return null;
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.ReportLinks.CountAsync(l => l.CampaignId == campaign.Id && l.RevokedAt == null && l.ExpiresAt > now) >= MostOpen)
            return null;
        var (link, token) = Add(db, query, days, viewer.Name ?? "", now, id);
        db.Audit(viewer, now, AuditVerb.ReportLinkMade, AuditSubject.Campaign, campaign.Id, campaign.Name,
            ("until", link.ExpiresAt.ToString("u")));
        await db.SaveChangesAsync();
        return (link, token);
    }

    /// <summary>Adds a link to the caller's transaction.</summary>
    /// <returns>The link and its secret.</returns>
    internal static (ReportLink Link, string Token) Add(
        FaceAdDbContext db, MetricsQuery query, int days, string by, DateTimeOffset now, Guid? id = null)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        var link = new ReportLink
        {
            Id = id ?? Guid.CreateVersion7(),
            TokenHash = Hash(token),
            CampaignId = query.CampaignId,
            From = query.From,
            To = query.To,
            SiteId = query.SiteId,
            ScreenId = query.ScreenId,
            CreativeId = query.CreativeId,
            CreatedBy = by,
            CreatedAt = now,
            ExpiresAt = now.AddDays(days),
        };
        db.Add(link);
        return (link, token);
    }

    /// <summary>A campaign's valid links, newest first; empty when the user sees no such campaign.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="campaignId">The campaign.</param>
    public async Task<IReadOnlyList<ReportLink>> ListAsync(Viewer viewer, Guid campaignId)
    {
        if (await service.FindAsync(viewer, campaignId) is null) return [];
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync();
        return await db.ReportLinks.AsNoTracking().Where(l => l.CampaignId == campaignId && l.RevokedAt == null && l.ExpiresAt > now)
            .OrderByDescending(l => l.CreatedAt).Take(MostOpen).ToListAsync();
    }

    /// <summary>Revokes a link.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="linkId">The link.</param>
    /// <returns>Whether it belonged to the user's organisation and was valid until now.</returns>
    public async Task<bool> RevokeAsync(Viewer viewer, Guid linkId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.ReportLinks.Include(l => l.Campaign).SingleOrDefaultAsync(l => l.Id == linkId && l.RevokedAt == null) is not { } link)
            return false;
        if (!viewer.CanChange || await service.FindAsync(viewer, link.CampaignId) is not { } campaign) return false;
        link.RevokedAt = time.GetUtcNow();
        db.Audit(viewer, link.RevokedAt.Value, AuditVerb.ReportLinkEnded, AuditSubject.Campaign, campaign.Id, campaign.Name);
        await db.SaveChangesAsync();
        return true;
    }

    /// <summary>Opens a link, and counts the visit.</summary>
    /// <param name="token">Its secret.</param>
    /// <returns>The link; null when there is none, or it has expired or was revoked.</returns>
    public async Task<ReportLink?> OpenAsync(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (token.Length > 64) return null;
        var (hash, now) = (Hash(token), time.GetUtcNow());
        await using var db = await contexts.CreateDbContextAsync();
        var opened = await db.ReportLinks.Where(l => l.TokenHash == hash && l.RevokedAt == null && l.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(l => l.Opened, l => l.Opened + 1).SetProperty(l => l.OpenedAt, now));
        return opened == 0 ? null : await db.ReportLinks.AsNoTracking().SingleOrDefaultAsync(l => l.TokenHash == hash);
    }

    // The secret has 192 bits of entropy, so an unsalted hash cannot be reversed by guessing.
    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
