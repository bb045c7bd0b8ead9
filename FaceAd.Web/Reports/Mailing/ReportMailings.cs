using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Metrics;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Reports.Mailing;

/// <summary>
/// Who gets a campaign's reports by mail. Only the advertiser's own people decide it. An address outside gets nothing but one question
/// until somebody who reads its mail has agreed: so nobody is written to against their will, and no figure goes to a mistyped address.
/// </summary>
sealed class ReportMailings(
    IDbContextFactory<FaceAdDbContext> contexts, CampaignService service, Mailbox mailbox, ReportMailTexts texts, AccountLimits limits,
    TimeProvider time)
{
    /// <summary>The most recipients of a campaign.</summary>
    public const int MostRecipients = 20;

    /// <summary>How long an address outside may take to agree.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    /// <summary>Whether a user decides about a campaign's mails.</summary>
    public static bool Decides(Viewer viewer, Campaign campaign) =>
        viewer.CanChange && viewer.OrganisationId == campaign.OrganisationId;

    /// <summary>A campaign's recipients, oldest first, with their next reports; empty for those who do not decide.</summary>
    public async Task<IReadOnlyList<(ReportMailing Mailing, DateTimeOffset? Next)>> ListAsync(Viewer viewer, Guid campaignId)
    {
        if (await service.FindAsync(viewer, campaignId) is not { } campaign || !Decides(viewer, campaign)) return [];
        await using var db = await contexts.CreateDbContextAsync();
        var scope = await MetricsScope.OfAsync(db, new MetricsQuery(campaignId), time.GetUtcNow(), default);
        var rows = await Alive(db, time.GetUtcNow()).AsNoTracking().Include(m => m.User).Where(m => m.CampaignId == campaignId)
            .OrderBy(m => m.CreatedAt).ThenBy(m => m.Id).ToListAsync();
        return [.. rows.Select(m => (m, ReportMailDays.Next(m, campaign.StartsOn, campaign.EndsOn, scope.Calendar)))];
    }

    /// <summary>The members who can be chosen, by name; empty for those who do not decide.</summary>
    public async Task<IReadOnlyList<(Guid Id, string Name)>> MembersAsync(Viewer viewer)
    {
        if (!viewer.CanChange) return [];
        await using var db = await contexts.CreateDbContextAsync();
        var members = await db.Users.Where(u => u.OrganisationId == viewer.OrganisationId).OrderBy(u => u.DisplayName).ThenBy(u => u.Email)
            .Select(u => new { u.Id, u.DisplayName, u.Email }).ToListAsync();
        return [.. members.Select(m => (m.Id, $"{m.DisplayName} ({m.Email})"))];
    }

    /// <summary>Adds a recipient, or changes what they get.</summary>
    /// <param name="viewer">The user.</param>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="member">A member; null for an address.</param>
    /// <param name="typed">An address; null for a member. A member's address is that member.</param>
    /// <param name="weekly">See <see cref="ReportMailing.Weekly"/>.</param>
    /// <param name="atEnd">See <see cref="ReportMailing.AtEnd"/>.</param>
    /// <param name="language">"en" or "ko", for an address outside.</param>
    public async Task<MailingAnswer> AddAsync(
        Viewer viewer, Guid campaignId, Guid? member, string? typed, bool weekly, bool atEnd, string language)
    {
        if (await service.FindAsync(viewer, campaignId) is not { } campaign || !Decides(viewer, campaign)) return MailingAnswer.Denied;
        var email = member is null ? AccountRules.Email(typed) : null;
        if ((member is null && email is null) || (!weekly && !atEnd)) return MailingAnswer.Invalid;
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        // One after the other, so that the count holds, and nobody is there twice.
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM campaigns WHERE id = {campaignId} FOR UPDATE");
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.OrganisationId == campaign.OrganisationId
            && (member == null ? u.Email == email : u.Id == member));
        if (member is not null && user is null) return MailingAnswer.Invalid;
        var now = time.GetUtcNow();
        await db.Set<ReportMailing>().Where(m => m.CampaignId == campaignId && m.ConfirmedAt == null && m.StoppedAt == null
            && m.CreatedAt <= now - Patience).ExecuteDeleteAsync();
        var rows = await db.Set<ReportMailing>().Where(m => m.CampaignId == campaignId).ToListAsync();
        var row = rows.SingleOrDefault(m => user is null ? m.Email == email : m.UserId == user.Id);
        if (row is { StoppedAt: not null, UserId: null }) return MailingAnswer.Declined;
        if (row is null && rows.Count(m => m.StoppedAt == null) >= MostRecipients) return MailingAnswer.Full;
        var asks = user is null && row is null;
        if (asks && !await limits.MayMailAsync(email!)) return MailingAnswer.Busy;
        if (row is null) db.Add(row = await NewAsync());
        (row.Weekly, row.AtEnd, row.StoppedAt) = (weekly, atEnd, null);
        db.Audit(viewer, now, AuditVerb.ReportMailSet, AuditSubject.Campaign, campaign.Id, campaign.Name,
            ("to", user?.Email ?? email), ("reports", weekly && atEnd ? "Both" : weekly ? "Weekly" : "AtEnd"));
        if (asks)
        {
            var mail = texts.Question(row, campaign, language);
            mailbox.Add(db, email!, mail.Subject, mail.Text, mail.Unsubscribe);
        }
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        if (asks) await mailbox.PostedAsync();
        return row.ConfirmedAt is null ? MailingAnswer.Asked : MailingAnswer.Added;

        async Task<ReportMailing> NewAsync()
        {
            var scope = await MetricsScope.OfAsync(db, new MetricsQuery(campaignId), now, default);
            return new ReportMailing
            {
                CampaignId = campaignId,
                UserId = user?.Id,
                Email = user is null ? email : null,
                Language = user is null ? language : null,
                Weekly = weekly,
                AtEnd = atEnd,
                CreatedBy = viewer.Name ?? "",
                CreatedAt = now,
                ConfirmedAt = user is null ? null : now,
                LookAt = ReportMailDays.NextMorning(scope.Calendar, now),
            };
        }
    }

    /// <summary>Removes a recipient. One who has unsubscribed stays, so that they are not asked again.</summary>
    /// <returns>Whether there was one that the user decides about.</returns>
    public async Task<bool> RemoveAsync(Viewer viewer, Guid mailingId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var row = await db.Set<ReportMailing>().Include(m => m.User).SingleOrDefaultAsync(m => m.Id == mailingId && m.StoppedAt == null);
        if (row is null || await service.FindAsync(viewer, row.CampaignId) is not { } campaign || !Decides(viewer, campaign)) return false;
        db.Remove(row);
        db.Audit(viewer, time.GetUtcNow(), AuditVerb.ReportMailEnded, AuditSubject.Campaign, campaign.Id, campaign.Name,
            ("to", row.User?.Email ?? row.Email));
        try
        {
            await db.SaveChangesAsync();
        }
        catch (DbUpdateConcurrencyException)
        {
            return false; // gone meanwhile
        }
        return true;
    }

    /// <summary>The recipient of a mailed link, with campaign and advertiser; null when there is none.</summary>
    public async Task<ReportMailing?> FindAsync(string? token)
    {
        if (texts.Read(token) is not { } id) return null;
        await using var db = await contexts.CreateDbContextAsync();
        return await Alive(db, time.GetUtcNow()).AsNoTracking().Include(m => m.Campaign!.Organisation)
            .SingleOrDefaultAsync(m => m.Id == id);
    }

    /// <summary>A recipient agrees. Idempotent.</summary>
    /// <returns>Whether there is such a recipient, who has not declined.</returns>
    public async Task<bool> ConfirmAsync(string? token)
    {
        if (texts.Read(token) is not { } id) return false;
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync();
        return await Alive(db, now).Where(m => m.Id == id && m.StoppedAt == null)
            .ExecuteUpdateAsync(s => s.SetProperty(m => m.ConfirmedAt, m => m.ConfirmedAt ?? now)) == 1;
    }

    /// <summary>A recipient unsubscribes, or declines. Idempotent.</summary>
    /// <returns>Whether there is such a recipient.</returns>
    public async Task<bool> StopAsync(string? token)
    {
        if (texts.Read(token) is not { } id) return false;
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Set<ReportMailing>().Where(m => m.Id == id)
            .ExecuteUpdateAsync(s => s.SetProperty(m => m.StoppedAt, m => m.StoppedAt ?? now)) == 1;
    }

    // A question that nobody has answered in time is over.
    private static IQueryable<ReportMailing> Alive(FaceAdDbContext db, DateTimeOffset now)
    {
        var since = now - Patience;
        return db.Set<ReportMailing>().Where(m => m.ConfirmedAt != null || m.StoppedAt != null || m.CreatedAt > since);
    }
}
