using FaceAd.Core;
using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Metrics;
using FaceAd.Web.Reports.Printing;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Reports.Mailing;

/// <summary>
/// Mails the reports that are due. A recipient is claimed for a while, so that other nodes see to others, and no connection is held while
/// the report is made. The recipient's next morning is set in the transaction that puts the mail into the <see cref="Mailbox"/>, and only
/// if nobody else has set it meanwhile: so a crash, or two nodes, neither lose a report nor send it twice.
/// </summary>
sealed class ReportMailer(
    IDbContextFactory<FaceAdDbContext> contexts, ReportReader reports, ReportPdf pdf, ReportMailTexts texts, SiteLinks links,
    Mailbox mailbox, TimeProvider time, ILogger<ReportMailer> log) : BackgroundService
{
    /// <summary>After so many failures the mail goes with a link in place of the file.</summary>
    public const int MostAttempts = 3;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await RunCycleAsync(stoppingToken))
                {
                }
            }
            catch (Exception exception) when (exception is NpgsqlException or DbUpdateException || DatabaseBusy.Is(exception))
            {
                log.LogWarning("Could not mail reports ({Reason}); will retry", exception.Message);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogError(exception, "A report could not be mailed; the others come first"); // it stays claimed for a while
            }
        }
    }

    /// <summary>Sees to the next recipient.</summary>
    /// <returns>Whether there was one.</returns>
    internal async Task<bool> RunCycleAsync(CancellationToken cancellation)
    {
        if (await ClaimAsync(cancellation) is not { } claimed) return false;
        var now = time.GetUtcNow();
        ReportMailing? mailing;
        Campaign campaign;
        SiteCalendar calendar;
        await using (var db = await contexts.CreateDbContextAsync(cancellation))
        {
            mailing = await db.Set<ReportMailing>().AsNoTracking().Include(m => m.User).Include(m => m.Campaign!.Organisation)
                .SingleOrDefaultAsync(m => m.Id == claimed.Id && m.LookAt == claimed.LookAt, cancellation);
            if (mailing is null) return true; // removed meanwhile
            campaign = mailing.Campaign!;
            calendar = (await MetricsScope.OfAsync(db, new MetricsQuery(campaign.Id), now, cancellation)).Calendar;
        }
        var due = Gets(mailing, campaign) ? ReportMailDays.Due(mailing, campaign.StartsOn, campaign.EndsOn, calendar, now) : null;
        byte[]? file = null;
        if (due is { } days)
        {
            var report = await reports.ReadAsync(
                new MetricsQuery(campaign.Id) { From = days.First, To = days.Last }, exact: false, null, cancellation);
            (file, var failure) = await pdf.MakeAsync(report, LanguageOf(mailing), cancellation);
            // Without Chromium no later attempt would do better.
            if (failure is PdfFailure.Busy or PdfFailure.Failed && mailing.Attempts + 1 < MostAttempts)
            {
                await PutOffAsync(mailing, now, cancellation);
                return true;
            }
        }
        await FinishAsync(mailing, campaign, due, file, ReportMailDays.NextMorning(calendar, now), now, cancellation);
        return true;
    }

    private async Task<ReportMailing?> ClaimAsync(CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var now = time.GetUtcNow();
        var claimed = await db.Set<ReportMailing>().FromSql(
            $"""
            UPDATE report_mailings SET claimed_until = {now + Claim} WHERE id =
                (SELECT id FROM report_mailings WHERE look_at <= {now} AND (claimed_until IS NULL OR claimed_until <= {now})
                    ORDER BY look_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING *
            """).AsNoTracking().ToListAsync(cancellation);
        return claimed.SingleOrDefault();
    }

    // Whoever has not agreed or has left, and a campaign that was deleted or never approved, get nothing; the next morning asks again.
    private static bool Gets(ReportMailing mailing, Campaign campaign) =>
        mailing is { ConfirmedAt: not null, StoppedAt: null } && campaign.DeletedAt is null && CampaignSteps.IsBooked(campaign.State)
        && (mailing.UserId is null || mailing.User!.OrganisationId == campaign.OrganisationId);

    private static string LanguageOf(ReportMailing mailing) =>
        mailing.User is { } user ? user.Language ?? user.SeenLanguage ?? "en" : mailing.Language ?? "en";

    private async Task PutOffAsync(ReportMailing mailing, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var until = now + (mailing.Attempts + 1) * Claim;
        await db.Set<ReportMailing>().Where(m => m.Id == mailing.Id && m.LookAt == mailing.LookAt).ExecuteUpdateAsync(
            s => s.SetProperty(m => m.Attempts, m => m.Attempts + 1).SetProperty(m => m.ClaimedUntil, until), cancellation);
    }

    private async Task FinishAsync(
        ReportMailing mailing, Campaign campaign, DueReport? due, byte[]? file, DateTimeOffset next, DateTimeOffset now,
        CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var (isDue, isEnd, last) = (due is not null, due is { IsEnd: true }, campaign.EndsOn);
        // Locked by the update: who unsubscribes at this moment comes before or after.
        var row = db.Set<ReportMailing>().Where(m => m.Id == mailing.Id && m.LookAt == mailing.LookAt);
        if (mailing is { ConfirmedAt: null, StoppedAt: null } && mailing.CreatedAt <= now - ReportMailings.Patience)
        {
            await row.Where(m => m.ConfirmedAt == null).ExecuteDeleteAsync(cancellation);
        }
        else if (await row.Where(m => m.StoppedAt == mailing.StoppedAt).ExecuteUpdateAsync(s => s.SetProperty(m => m.LookAt, next)
            .SetProperty(m => m.ClaimedUntil, (DateTimeOffset?)null).SetProperty(m => m.Attempts, 0)
            .SetProperty(m => m.SentAt, m => isDue ? now : m.SentAt)
            .SetProperty(m => m.EndedFor, m => isEnd ? last : m.EndedFor), cancellation) == 1 && due is { } days)
        {
            Post(db, mailing, campaign, days, file, now);
            await db.SaveChangesAsync(cancellation);
        }
        await transaction.CommitAsync(cancellation);
        if (due is not null) await mailbox.PostedAsync();
    }

    private void Post(FaceAdDbContext db, ReportMailing mailing, Campaign campaign, DueReport due, byte[]? file, DateTimeOffset now)
    {
        var query = new MetricsQuery(campaign.Id) { From = due.First, To = due.Last };
        var attached = file is { Length: <= MailAttachment.MostBytes } pdfFile ? pdfFile : null;
        // Members sign in. An address outside has no account: in place of a missing file it gets a link, which the advertiser can end.
        var link = mailing.UserId is not null ? links.Of($"campaigns/{campaign.Id}/report{ReportAddress.Words(query)}")
            : attached is null ? links.Of("r/" + ReportLinks.Add(db, query, ReportLinks.Lifetimes[1], mailing.CreatedBy, now).Token) : null;
        var mail = texts.Report(mailing, campaign, due, LanguageOf(mailing), attached is not null, link);
        mailbox.Add(db, mailing.User?.Email ?? mailing.Email!, mail.Subject, mail.Text, mail.Unsubscribe, attached is null ? null
            : id => new MailAttachment
            {
                MailId = id,
                Name = $"facead-report-{due.First:yyyyMMdd}-{due.Last:yyyyMMdd}.pdf",
                MediaType = "application/pdf",
                Content = attached,
            });
    }
}
