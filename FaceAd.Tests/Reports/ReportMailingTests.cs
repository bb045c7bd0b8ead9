using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using FaceAd.Core;
using FaceAd.Tests.Accounts.Mail;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Reports;
using FaceAd.Web.Reports.Mailing;
using FaceAd.Web.Reports.Printing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using MimeKit;

namespace FaceAd.Tests.Reports;

/// <summary>Reports on their way to a real SMTP server. Each test has a campaign of its own, which begins today.</summary>
public sealed partial class ReportMailingTests(MailTests.WithServer app) : IClassFixture<MailTests.WithServer>
{
    private ReportMailings Mailings => app.Services.GetRequiredService<ReportMailings>();

    [Fact]
    public async Task Weekly_ToAMember_ArrivesOnceWithThePdfWhoeverOfTwoNodesMakesIt()
    {
        var (campaign, user, email) = await CampaignAsync();
        await using (var db = app.NewContext())
            await db.Users.Where(u => u.Id == user).ExecuteUpdateAsync(s => s.SetProperty(u => u.Language, "ko"));
        Assert.Equal(MailingAnswer.Added, await AddAsync(email, campaign, user, null));
        var clock = new SetClock(MondayAfter(campaign));
        var (_, next) = Assert.Single(await Mailings.ListAsync(await app.ViewerAsync(email), campaign.Id));
        Assert.Equal(clock.Now, next);

        // This node was killed while it made the report: nobody else touches it for a while.
        await ClaimAsync(campaign, clock.Now.AddMinutes(5));
        await RunAsync(clock);
        Assert.Equal(0, Sent(email));
        clock.Now += TimeSpan.FromMinutes(6);
        await Task.WhenAll(RunAsync(clock), RunAsync(clock));
        var (_, text) = await app.Smtp.NextAsync(email);
        await RunAsync(clock);
        await MailsAreGoneAsync(email);
        Assert.Equal(1, Sent(email));

        var (body, name, file) = Parts(text);
        Assert.StartsWith($"facead-report-{campaign.StartsOn:yyyyMMdd}-", name, StringComparison.Ordinal);
        Assert.Equal("%PDF-", Encoding.ASCII.GetString(file[..5]));
        Assert.Contains("주간 보고서", body, StringComparison.Ordinal);
        Assert.Contains($"https://ads.example.com/sub/campaigns/{campaign.Id}/report?from=", body, StringComparison.Ordinal);
        Assert.Contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click", text, StringComparison.OrdinalIgnoreCase);

        await using var after = app.NewContext();
        var row = await after.Set<ReportMailing>().AsNoTracking().SingleAsync(m => m.CampaignId == campaign.Id);
        Assert.Equal((clock.Now, 0, null), (row.SentAt, row.Attempts, row.ClaimedUntil));
        Assert.Equal(ReportMailDays.NextMorning(SiteCalendar.Default, clock.Now), row.LookAt);
        Assert.Equal(1, await after.AuditEntries.CountAsync(e => e.SubjectId == campaign.Id && e.Verb == AuditVerb.ReportMailSet));
    }

    [Fact]
    public async Task Weekly_SlowNodeWhoseClaimRanOut_SendsNothingTwice()
    {
        var (campaign, user, email) = await CampaignAsync();
        Assert.Equal(MailingAnswer.Added, await AddAsync(email, campaign, user, null));
        var clock = new SetClock(MondayAfter(campaign));
        var held = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        // The first node is held while it writes the page; the second begins when the claim has run out, and is done first.
        var chromium = await TestChromium.NewAsync("printf '%%PDF-1.4' > \"$out\"");
        using var slowPdf = new ReportPdf(chromium.Printer, async (_, _) =>
        {
            begun.TrySetResult();
            await held.Task;
            return "slow";
        }, chromium.Options);
        using var mailer = NewMailer(clock, slowPdf);
        var slow = mailer.RunCycleAsync(default);
        await begun.Task;
        await RunAsync(new SetClock(clock.Now.AddMinutes(6)));
        held.SetResult();
        await slow;
        await app.Smtp.NextAsync(email);
        await MailsAreGoneAsync(email);
        Assert.Equal(1, Sent(email));
    }

    [Fact]
    public async Task AddressOutside_GetsNothingBeforeItAgreesAndNeverAfterItUnsubscribes()
    {
        var (campaign, _, email) = await CampaignAsync();
        var outside = app.NewAddress();
        Assert.Equal(MailingAnswer.Asked, await AddAsync(email, campaign, null, outside.ToUpperInvariant()));
        var (_, question) = await app.Smtp.NextAsync(outside);
        var clock = new SetClock(MondayAfter(campaign, days: 4));
        await RunAsync(new SetClock(TimeProvider.System.GetUtcNow().AddDays(2)));
        Assert.Equal(1, Sent(outside));
        var token = Token().Match(Parts(question).Text).Groups[1].Value;

        // What looks at mails opens links; only a person's press agrees.
        using var nobody = new Visitor(app);
        Assert.Contains("data-do=\"on\"", await nobody.Http.GetStringAsync($"account/report-mail?token={token}"), StringComparison.Ordinal);
        await using var db = app.NewContext();
        Assert.Null((await db.Set<ReportMailing>().AsNoTracking().SingleAsync(m => m.Email == outside)).ConfirmedAt);
        await nobody.SubmitWellAsync($"account/report-mail?token={token}", "on");
        app.Smtp.Forget(outside);
        await RunAsync(clock);
        var (_, report) = await app.Smtp.NextAsync(outside);
        Assert.Equal("%PDF-", Encoding.ASCII.GetString(Parts(report).File[..5]));
        Assert.DoesNotContain("campaigns/", Parts(report).Text, StringComparison.Ordinal); // no account, no page

        using var program = app.NewClient();
        using var forged = await program.PostAsync($"api/report-mail/stop?token={token[..^4]}AAAA", null);
        Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);
        using var ended = await program.PostAsync($"api/report-mail/stop?token={token}", null);
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.False(await Mailings.ConfirmAsync(token));
        clock.Now += TimeSpan.FromDays(7);
        await RunAsync(clock);
        Assert.Equal(MailingAnswer.Declined, await AddAsync(email, campaign, null, outside));
        await MailsAreGoneAsync(outside);
        Assert.Equal(2, Sent(outside));
    }

    [Fact]
    public async Task NoChromium_SendsALinkInPlaceOfTheFile()
    {
        var (campaign, _, email) = await CampaignAsync();
        var outside = app.NewAddress();
        await AddAsync(email, campaign, null, outside);
        await app.Smtp.NextAsync(outside);
        await using (var db = app.NewContext())
            await db.Set<ReportMailing>().Where(m => m.Email == outside)
                .ExecuteUpdateAsync(s => s.SetProperty(m => m.ConfirmedAt, TimeProvider.System.GetUtcNow()));
        app.Smtp.Forget(outside);
        var none = TestChromium.None();
        using var pdf = new ReportPdf(none.Printer, (_, _) => Task.FromResult(""), none.Options);
        await RunAsync(new SetClock(MondayAfter(campaign)), pdf);
        var (_, text) = await app.Smtp.NextAsync(outside);
        var link = Shared().Match(Parts(text).Text);
        using var nobody = app.NewClient();
        Assert.Contains(campaign.Name, await nobody.GetStringAsync("r/" + link.Groups[1].Value), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chromium_ThatFails_IsTriedAgainLaterAndThenTheLinkGoes()
    {
        var (campaign, user, email) = await CampaignAsync();
        await AddAsync(email, campaign, user, null);
        var broken = await TestChromium.NewAsync("exit 3");
        using var pdf = new ReportPdf(broken.Printer, (_, _) => Task.FromResult("page"), broken.Options);
        var clock = new SetClock(MondayAfter(campaign));
        for (var attempt = 1; attempt < ReportMailer.MostAttempts; attempt++)
        {
            await RunAsync(clock, pdf);
            await using var db = app.NewContext();
            Assert.Equal(attempt, (await db.Set<ReportMailing>().AsNoTracking().SingleAsync(m => m.CampaignId == campaign.Id)).Attempts);
            clock.Now += TimeSpan.FromHours(1);
        }
        Assert.Equal(0, Sent(email));
        await RunAsync(clock, pdf);
        var (_, text) = await app.Smtp.NextAsync(email);
        Assert.Null(Parts(text).Name);
    }

    [Fact]
    public async Task Add_ByOthers_IsDenied()
    {
        var (campaign, user, email) = await CampaignAsync();
        foreach (var other in new[] { PeopleFixture.Admin, RolesFixture.OtherOwner, RolesFixture.Analyst })
            Assert.Equal(MailingAnswer.Denied, await AddAsync(other, campaign, null, "x@example.com"));
        await AddAsync(email, campaign, user, null);
        var row = Assert.Single(await Mailings.ListAsync(await app.ViewerAsync(email), campaign.Id)).Mailing;
        Assert.Empty(await Mailings.ListAsync(await app.ViewerAsync(RolesFixture.OtherOwner), campaign.Id));
        Assert.False(await Mailings.RemoveAsync(await app.ViewerAsync(RolesFixture.OtherOwner), row.Id));
        var stranger = (await app.ViewerAsync(RolesFixture.OtherOwner)).UserId;
        Assert.Equal(MailingAnswer.Invalid, await AddAsync(email, campaign, stranger, null));
        Assert.Equal(MailingAnswer.Invalid, await AddAsync(email, campaign, null, "not an address"));
        Assert.Equal(MailingAnswer.Added, await AddAsync(email, campaign, null, email)); // a member's address is that member
        Assert.Single(await Mailings.ListAsync(await app.ViewerAsync(email), campaign.Id));
        for (var i = 1; i < ReportMailings.MostRecipients; i++)
            Assert.Equal(MailingAnswer.Asked, await AddAsync(email, campaign, null, app.NewAddress()));
        Assert.Equal(MailingAnswer.Full, await AddAsync(email, campaign, null, app.NewAddress()));
        Assert.True(await Mailings.RemoveAsync(await app.ViewerAsync(email), row.Id));
    }

    [Fact]
    public async Task Weekly_CampaignDeletedOrNeverApproved_IsNotMailed()
    {
        var (deleted, user, email) = await CampaignAsync();
        var (draft, other, address) = await CampaignAsync();
        await AddAsync(email, deleted, user, null);
        await AddAsync(address, draft, other, null);
        await using var db = app.NewContext();
        await db.Campaigns.Where(c => c.Id == deleted.Id)
            .ExecuteUpdateAsync(s => s.SetProperty(c => c.DeletedAt, DateTimeOffset.UnixEpoch));
        await db.Campaigns.Where(c => c.Id == draft.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CampaignState.Rejected));
        await RunAsync(new SetClock(MondayAfter(deleted)));
        var rows = await db.Set<ReportMailing>().AsNoTracking().ToListAsync();
        Assert.Equal(2, rows.Count);
        Assert.All(rows, m => Assert.Null(m.SentAt));
    }

    // What tests before have left is not seen to again.
    private async Task<(Campaign Campaign, Guid User, string Email)> CampaignAsync()
    {
        await using (var db = app.NewContext()) await db.Set<ReportMailing>().ExecuteDeleteAsync();
        var (organisation, user, email) = await app.AddOrganisationAsync();
        return (await app.AddCampaignAsync(organisation, CampaignState.Approved), user, email);
    }

    private async Task<MailingAnswer> AddAsync(string by, Campaign campaign, Guid? member, string? address) =>
        await Mailings.AddAsync(await app.ViewerAsync(by), campaign.Id, member, address, weekly: true, atEnd: false, "en");

    private async Task ClaimAsync(Campaign campaign, DateTimeOffset until)
    {
        await using var db = app.NewContext();
        await db.Set<ReportMailing>().Where(m => m.CampaignId == campaign.Id)
            .ExecuteUpdateAsync(s => s.SetProperty(m => m.ClaimedUntil, until));
    }

    private async Task RunAsync(TimeProvider clock, ReportPdf? pdf = null)
    {
        using var mailer = NewMailer(clock, pdf ?? app.Services.GetRequiredService<ReportPdf>());
        while (await mailer.RunCycleAsync(default))
        {
        }
    }

    private ReportMailer NewMailer(TimeProvider clock, ReportPdf pdf)
    {
        var services = app.Services;
        return new ReportMailer(
            services.GetRequiredService<IDbContextFactory<FaceAdDbContext>>(), services.GetRequiredService<ReportReader>(), pdf,
            services.GetRequiredService<ReportMailTexts>(), services.GetRequiredService<SiteLinks>(),
            services.GetRequiredService<Mailbox>(), clock, NullLogger<ReportMailer>.Instance);
    }

    // The first Monday, at eight, that many days after the first of the flight.
    private static DateTimeOffset MondayAfter(Campaign campaign, int days = 1)
    {
        var day = campaign.StartsOn.AddDays(days);
        while (day.DayOfWeek != DayOfWeek.Monday) day = day.AddDays(1);
        return SiteCalendar.Default.StartOf(day).AddHours(8);
    }

    private int Sent(string to) => app.Smtp.Commands.Count(c =>
        c.StartsWith("RCPT", StringComparison.Ordinal) && c.Contains($"<{to}>", StringComparison.Ordinal));

    private async Task MailsAreGoneAsync(string to)
    {
        await using var db = app.NewContext();
        await Wait.UntilAsync(async () => !await db.Mails.AnyAsync(m => m.To == to), "every mail was sent");
    }

    // The text, and the file where there is one.
    private static (string Text, string? Name, byte[] File) Parts(string mail)
    {
        using var message = MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(mail)));
        using var content = new MemoryStream();
        var file = message.Attachments.OfType<MimePart>().SingleOrDefault();
        file?.Content!.DecodeTo(content);
        return (message.TextBody ?? "", file?.FileName, content.ToArray());
    }

    [GeneratedRegex(@"report-mail\?token=(\S+)")]
    private static partial Regex Token();

    [GeneratedRegex(@"/r/(\S+)")]
    private static partial Regex Shared();
}
