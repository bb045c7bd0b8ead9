using System.Text;
using System.Text.RegularExpressions;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Accounts.Mail;

/// <summary>Notifications on their way to a real SMTP server.</summary>
public sealed partial class NotificationMailTests(MailTests.WithServer app) : IClassFixture<MailTests.WithServer>
{
    [Fact]
    public async Task Rejection_ByTheMediaOwner_ArrivesInTheReadersLanguageAndCanBeEnded()
    {
        var (organisation, _, email) = await app.AddOrganisationAsync();
        await using (var db = app.NewContext()) await db.Users.Where(u => u.Email == email)
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.Language, "ko"));
        var campaign = await app.AddCampaignAsync(organisation, CampaignState.Submitted);
        await app.Services.GetRequiredService<CampaignService>()
            .StepAsync(
                await app.ViewerAsync(PeopleFixture.Admin), campaign.Id, CampaignAction.Reject, "Too loud\r\n\r\nSigned, somebody else");
        // in the change's own transaction
        await using (var db = app.NewContext()) Assert.NotNull(
            (await db.Set<Notification>().SingleAsync(n => n.CampaignId == campaign.Id)).MailDueAt);
        await DueAsync(email);
        await MailerAsync();
        var (to, text) = await app.Smtp.NextAsync(email);
        Assert.Equal([email], to);
        var head = text[..text.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Replace("\r\n ", "", StringComparison.Ordinal);
        var body = Body(text);
        Assert.Contains("반려", body, StringComparison.Ordinal);
        Assert.Contains("Too loud    Signed, somebody else", body, StringComparison.Ordinal); // one line, whatever it was
        Assert.Contains($"https://ads.example.com/sub/campaigns/{campaign.Id}", body, StringComparison.Ordinal);
        Assert.Contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click", head, StringComparison.OrdinalIgnoreCase);
        Assert.Matches("(?i)Message-ID: ?<[0-9a-f]{32}@example.com>", head);

        // What looks at mails opens links; only a person's press ends anything.
        var link = Token().Match(body).Groups[1].Value;
        using var nobody = new Visitor(app);
        Assert.Contains("data-do=\"off\"", await nobody.Http.GetStringAsync($"account/unsubscribe?token={link}"), StringComparison.Ordinal);
        Assert.True((await SwitchesAsync(email))[NotificationKind.CampaignRejected]);
        await nobody.SubmitWellAsync($"account/unsubscribe?token={link}", "off");
        Assert.False((await SwitchesAsync(email))[NotificationKind.CampaignRejected]);
        Assert.True((await SwitchesAsync(email))[NotificationKind.CampaignApproved]);
        using var forged = await nobody.Http.PostAsync($"api/unsubscribe?token={link[..^4]}AAAA", null);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, forged.StatusCode);
    }

    [Fact]
    public async Task Many_AtOnce_AreOneMailAndOneClickEndsThemAll()
    {
        var (organisation, user, email) = await app.AddOrganisationAsync();
        await AddAsync(user, 25, kinds: [NotificationKind.CampaignApproved, NotificationKind.BudgetSpent]);
        await DueAsync(email);
        await MailerAsync();
        var (_, text) = await app.Smtp.NextAsync(email);
        var body = Body(text);
        Assert.Equal(NotificationMailTexts.MostLines, Regex.Count(body, "• "));
        Assert.Contains("5 more", body, StringComparison.Ordinal);
        await using var db = app.NewContext();
        Assert.Equal(0, await db.Set<Notification>().CountAsync(n => n.UserId == user && n.MailDueAt != null));
        Assert.Equal(1, await db.Set<Notification>().Where(n => n.UserId == user).Select(n => n.MailedAt).Distinct().CountAsync());
        var token = Token().Match(body).Groups[1].Value;
        using var program = app.NewClient();
        using var answer = await program.PostAsync(
            $"api/unsubscribe?token={token}", new FormUrlEncodedContent([KeyValuePair.Create("List-Unsubscribe", "One-Click")]));
        Assert.Equal(System.Net.HttpStatusCode.NoContent, answer.StatusCode);
        Assert.All(await SwitchesAsync(email), s => Assert.False(s.Value));
        var campaign = await app.AddCampaignAsync(organisation, CampaignState.Submitted);
        await app.Services.GetRequiredService<CampaignService>()
            .StepAsync(await app.ViewerAsync(PeopleFixture.Admin), campaign.Id, CampaignAction.Approve);
        var told = await db.Set<Notification>().AsNoTracking().SingleAsync(n => n.CampaignId == campaign.Id && n.UserId == user);
        Assert.Null(told.MailDueAt); // told in the dashboard, not mailed
    }

    [Fact]
    public async Task MoreThanAFew_InSomeMinutes_WaitForTheirEndAndComeTogether()
    {
        var (_, user, email) = await app.AddOrganisationAsync();
        for (var i = 0; i < NotificationMailer.Few; i++)
        {
            await AddAsync(user, 1);
            await DueAsync(email);
            await MailerAsync();
        }
        await AddAsync(user, 4);
        await DueAsync(email);
        await MailerAsync();
        await using var db = app.NewContext();
        var waiting = await db.Set<Notification>().AsNoTracking().Where(n => n.UserId == user && n.MailDueAt != null).ToListAsync();
        Assert.Equal(4, waiting.Count);
        var first = await db.Set<Notification>().Where(n => n.UserId == user).MinAsync(n => n.MailedAt);
        Assert.All(waiting, n => Assert.Equal(first + NotificationMailer.Window, n.MailDueAt));
        // Ten minutes later.
        await db.Set<Notification>().Where(n => n.UserId == user && n.MailedAt != null)
            .ExecuteUpdateAsync(s => s.SetProperty(n => n.MailedAt, n => n.MailedAt - NotificationMailer.Window));
        await DueAsync(email);
        await MailerAsync();
        Assert.Equal(1, await db.Set<Notification>().Where(n => waiting.Select(w => w.Id).Contains(n.Id)).Select(n => n.MailedAt).Distinct()
            .CountAsync());
    }

    [Fact]
    public async Task Seen_BeforeItIsDue_IsNotMailed()
    {
        var (_, user, email) = await app.AddOrganisationAsync();
        await AddAsync(user, 2);
        await app.Services.GetRequiredService<NotificationInbox>().ReadAsync(await app.ViewerAsync(email), TimeProvider.System.GetUtcNow());
        await DueAsync(email);
        await MailerAsync();
        await using var db = app.NewContext();
        Assert.All(await db.Set<Notification>().Where(n => n.UserId == user).ToListAsync(), n =>
            Assert.Equal((null, null), (n.MailDueAt, n.MailedAt)));
    }

    [Fact]
    public async Task Mailer_DiesBetweenMailAndNotification_LosesAndDoublesNothing()
    {
        var (_, user, email) = await app.AddOrganisationAsync();
        await AddAsync(user, 1);
        await DueAsync(email);
        await using (var db = app.NewContext())
        {
            // As the mailer does, and then its end: the mail and the note that it was written go together.
            await using var transaction = await db.Database.BeginTransactionAsync();
            app.Services.GetRequiredService<Mailbox>().Add(db, email, "Lost", "Text");
            await db.Set<Notification>().Where(n => n.UserId == user)
                .ExecuteUpdateAsync(s => s.SetProperty(n => n.MailDueAt, (DateTimeOffset?)null));
            await db.SaveChangesAsync();
        }
        await MailerAsync();
        await MailerAsync();
        var (_, text) = await app.Smtp.NextAsync(email);
        Assert.DoesNotContain("Lost", text, StringComparison.Ordinal);
        await using var after = app.NewContext();
        Assert.NotNull((await after.Set<Notification>().SingleAsync(n => n.UserId == user)).MailedAt);
    }

    [Fact]
    public async Task Settings_SwitchedOff_StaysOff()
    {
        var (_, _, email) = await app.AddOrganisationAsync();
        using var visitor = await app.SignInAsync(email);
        Assert.EndsWith(
            "account/settings?done=mail#mail",
            await visitor.SubmitWellAsync("account/settings", "mail", ("kinds", "CampaignApproved"), ("kinds", "CreativeReady")),
            StringComparison.Ordinal);
        Assert.Equal([NotificationKind.CampaignApproved, NotificationKind.CreativeReady], (await SwitchesAsync(email)).Where(s => s.Value)
            .Select(s => s.Key).Order());
        await using var db = app.NewContext();
        Assert.Equal("en", (await db.Users.SingleAsync(u => u.Email == email)).SeenLanguage);
    }

    private async Task<IReadOnlyDictionary<NotificationKind, bool>> SwitchesAsync(string email) =>
        await app.Services.GetRequiredService<MailPreferences>().ReadAsync(await app.ViewerAsync(email));

    private async Task AddAsync(Guid user, int count, params NotificationKind[] kinds)
    {
        await using var db = app.NewContext();
        var now = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < count; i++)
        {
            db.Add(new Notification
            {
                UserId = user,
                Kind = kinds.Length == 0 ? NotificationKind.CampaignApproved : kinds[i % kinds.Length],
                CampaignId = Guid.NewGuid(),
                Subject = $"Campaign {i}",
                CreatedAt = now,
                MailDueAt = now + NotificationMailer.Settle,
            });
        }
        await db.SaveChangesAsync();
    }

    private async Task DueAsync(string email)
    {
        await using var db = app.NewContext();
        var user = await db.Users.Where(u => u.Email == email).Select(u => u.Id).SingleAsync();
        await db.Set<Notification>().Where(n => n.UserId == user && n.MailDueAt != null)
            .ExecuteUpdateAsync(s => s.SetProperty(n => n.MailDueAt, TimeProvider.System.GetUtcNow()));
    }

    // The app's own mailer may run at the same time: the second one finds nothing left.
    private async Task MailerAsync()
    {
        var mailer = app.Services.GetRequiredService<NotificationMailer>();
        await using var db = app.NewContext();
        await Wait.UntilAsync(async () =>
        {
            await mailer.RunCycleAsync(default);
            return !await db.Set<Notification>().AnyAsync(n => n.MailDueAt <= TimeProvider.System.GetUtcNow());
        }, "every due notification is mailed");
    }

    private static string Body(string text) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]
            .Replace("\r\n", "", StringComparison.Ordinal))).ReplaceLineEndings("\n");

    [GeneratedRegex(@"account/unsubscribe\?token=([\w-]+)")]
    private static partial Regex Token();
}
