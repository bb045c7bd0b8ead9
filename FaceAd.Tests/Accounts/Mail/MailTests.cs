using System.Net;
using System.Text;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Network;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Accounts.Mail;

/// <summary>Mails, handed to a real SMTP server on a real socket.</summary>
public sealed class MailTests(MailTests.WithServer app) : IClassFixture<MailTests.WithServer>
{
    /// <summary>The app with a mail server.</summary>
    public sealed class WithServer : RolesFixture
    {
        internal SmtpListener Smtp { get; } = new("8BITMIME", "SMTPUTF8");

        /// <inheritdoc/>
        protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(base.Settings)
        {
            ["Mail:Smtp:Host"] = "127.0.0.1",
            ["Mail:Smtp:Port"] = $"{Smtp.Port}",
            ["Mail:Smtp:Tls"] = "false",
            ["Mail:From"] = "FaceAd <ads@example.com>",
            ["Mail:SiteAddress"] = "https://ads.example.com/sub/",
        };
    }

    [Fact]
    public async Task Mail_KoreanText_ArrivesWholeAndIsNotKept()
    {
        var to = app.NewAddress();
        await app.Services.GetRequiredService<Mailbox>().SendAsync(to, "주소 확인\r\nBcc: thief@example.com", "안녕하세요\n.\n끝 😀");
        var (recipients, text) = await app.Smtp.NextAsync(to);
        Assert.Equal([to], recipients);
        var head = text[..text.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        Assert.DoesNotContain("\r\nBcc:", head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<ads@example.com>", head, StringComparison.Ordinal);
        var body = Encoding.UTF8.GetString(
            Convert.FromBase64String(text[(head.Length + 4)..].Replace("\r\n", "", StringComparison.Ordinal)));
        Assert.Equal("안녕하세요\n.\n끝 😀", body.ReplaceLineEndings("\n").TrimEnd());
        await WaitUntilGoneAsync(to);
    }

    [Fact]
    public async Task Mail_ServerRefusesAtFirst_IsTriedAgainLater()
    {
        var to = app.NewAddress();
        app.Smtp.RefuseOnce.Add(to);
        await app.Services.GetRequiredService<Mailbox>().SendAsync(to, "Again", "Text");
        await app.Smtp.RefusedAsync(to);
        await using var db = app.NewContext();
        // The attempt is written a moment after the server has said no; then the wait is cut short.
        await Wait.UntilAsync(
            async () =>
                await db.Mails.Where(m => m.To == to && m.Attempts == 1)
                    .ExecuteUpdateAsync(s => s.SetProperty(m => m.DueAt, TimeProvider.System.GetUtcNow())) > 0,
            "the attempt is written");
        await app.Smtp.NextAsync(to);
        await WaitUntilGoneAsync(to);
        Assert.Contains(app.Complaints, line => line.Contains("not now, the receiver", StringComparison.Ordinal));
        Assert.DoesNotContain(app.Complaints, line => line.Contains(to, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Mail_ReceiverThatTheServerDoesNotKnow_IsGivenUpAtOnce()
    {
        var to = app.NewAddress();
        app.Smtp.Unknown.Add(to);
        await app.Services.GetRequiredService<Mailbox>().SendAsync(to, "Nobody", "Text");
        await app.Smtp.RefusedAsync(to);
        await WaitUntilGoneAsync(to);
    }

    [Fact]
    public async Task Mail_InternationalAddress_IsHandedOverAsItIs()
    {
        const string To = "사용자@한국.kr";
        await app.Services.GetRequiredService<Mailbox>().SendAsync(To, "Subject", "Text");
        var (recipients, text) = await app.Smtp.NextAsync(To);
        Assert.Equal([To], recipients);
        Assert.Contains("To: 사용자@xn--3e0b707e.kr\r\n", text, StringComparison.Ordinal);
        Assert.Contains(app.Smtp.Commands, c =>
            c.StartsWith("MAIL FROM:<ads@example.com>", StringComparison.Ordinal) && c.Contains(" SMTPUTF8", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Links_WhateverTheHostHeader_LeadToTheConfiguredAddress()
    {
        using var visitor = new Visitor(app);
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        visitor.Http.DefaultRequestHeaders.Host = "evil.example";
        using (var refused = await visitor.Http.GetAsync("account/forgot")) Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        visitor.Http.DefaultRequestHeaders.Host = null;
        await visitor.SubmitWellAsync("account/forgot", "forgot", ("email", email));
        var (_, text) = await app.Smtp.NextAsync(email);
        var body = Encoding.UTF8.GetString(
            Convert.FromBase64String(
                text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Replace("\r\n", "", StringComparison.Ordinal)));
        Assert.Contains("https://ads.example.com/sub/account/reset?token=", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MailboxPage_WithAMailServer_DoesNotExist()
    {
        using var nobody = new Visitor(app);
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        Assert.Equal(HttpStatusCode.NotFound, (await nobody.Http.GetAsync("account/mailbox")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.Http.GetAsync("account/mailbox")).StatusCode);
    }

    private async Task WaitUntilGoneAsync(string to)
    {
        await using var db = app.NewContext();
        await Wait.UntilAsync(async () => !await db.Mails.AnyAsync(m => m.To == to), "the mail is gone");
    }
}
