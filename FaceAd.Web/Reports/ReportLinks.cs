using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Metrics;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Reports;

/// <summary>Makes, lists, ends and opens links to reports.</summary>
public sealed class ReportLinks(IDbContextFactory<FaceAdDbContext> contexts, CampaignBook book, TimeProvider time)
{
    /// <summary>The most links of one campaign that work at the same time.</summary>
    public const int MostOpen = 50;

    /// <summary>For how many days a link can be made.</summary>
    public static IReadOnlyList<int> Lifetimes { get; } = [7, 30, 90];

    /// <summary>Makes a link.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="query">What it shows.</param>
    /// <param name="days">One of <see cref="Lifetimes"/>.</param>
    /// <param name="id">Its identity, for callers that may retry; null generates one.</param>
    /// <returns>The link and its secret, which is told this once; null when the viewer has no such campaign, may only look, or has too many links of it.</returns>
    public async Task<(ReportLink Link, string Token)?> MakeAsync(Viewer viewer, MetricsQuery query, int days, Guid? id = null)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (!Lifetimes.Contains(days)) throw new ArgumentOutOfRangeException(nameof(days), days, "A link lives for 7, 30 or 90 days.");
        if (!viewer.CanChange || await book.FindAsync(viewer, query.CampaignId) is not { } campaign) return null;
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.ReportLinks.CountAsync(l => l.CampaignId == campaign.Id && l.RevokedAt == null && l.ExpiresAt > now) >= MostOpen) return null;
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        var link = new ReportLink
        {
            Id = id ?? Guid.CreateVersion7(),
            TokenHash = Hash(token),
            CampaignId = campaign.Id,
            From = query.From,
            To = query.To,
            SiteId = query.SiteId,
            ScreenId = query.ScreenId,
            CreativeId = query.CreativeId,
            CreatedBy = viewer.Name ?? "",
            CreatedAt = now,
            ExpiresAt = now.AddDays(days),
        };
        db.Add(link);
        db.Audit(viewer, now, AuditVerb.ReportLinkMade, AuditSubject.Campaign, campaign.Id, campaign.Name, ("until", link.ExpiresAt.ToString("u")));
        await db.SaveChangesAsync();
        return (link, token);
    }

    /// <summary>A campaign's links that still work, the youngest first; none when the viewer has no such campaign.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="campaignId">The campaign.</param>
    public async Task<IReadOnlyList<ReportLink>> ListAsync(Viewer viewer, Guid campaignId)
    {
        if (await book.FindAsync(viewer, campaignId) is null) return [];
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync();
        return await db.ReportLinks.AsNoTracking().Where(l => l.CampaignId == campaignId && l.RevokedAt == null && l.ExpiresAt > now)
            .OrderByDescending(l => l.CreatedAt).Take(MostOpen).ToListAsync();
    }

    /// <summary>Ends a link.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="linkId">The link.</param>
    /// <returns>Whether it was the viewer's, and worked until now.</returns>
    public async Task<bool> RevokeAsync(Viewer viewer, Guid linkId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.ReportLinks.Include(l => l.Campaign).SingleOrDefaultAsync(l => l.Id == linkId && l.RevokedAt == null) is not { } link) return false;
        if (!viewer.CanChange || await book.FindAsync(viewer, link.CampaignId) is not { } campaign) return false;
        link.RevokedAt = time.GetUtcNow();
        db.Audit(viewer, link.RevokedAt.Value, AuditVerb.ReportLinkEnded, AuditSubject.Campaign, campaign.Id, campaign.Name);
        await db.SaveChangesAsync();
        return true;
    }

    /// <summary>Opens a link, which is counted.</summary>
    /// <param name="token">Its secret.</param>
    /// <returns>The link; null when there is none, or it has ended.</returns>
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

    // The secret has 192 bits of entropy, so a plain hash cannot be guessed backwards.
    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
