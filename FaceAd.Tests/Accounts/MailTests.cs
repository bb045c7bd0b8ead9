using System.Net;
using System.Text;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FaceAd.Tests.Accounts;

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
        var body = Encoding.UTF8.GetString(Convert.FromBase64String(text[(head.Length + 4)..].Replace("\r\n", "", StringComparison.Ordinal)));
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
        while (await db.Mails.Where(m => m.To == to && m.Attempts == 1).ExecuteUpdateAsync(s => s.SetProperty(m => m.DueAt, TimeProvider.System.GetUtcNow())) == 0) await Task.Yield();
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
        Assert.Contains(app.Smtp.Commands, c => c.StartsWith("MAIL FROM:<ads@example.com>", StringComparison.Ordinal) && c.Contains(" SMTPUTF8", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Links_ForgedHostHeader_LeadToTheConfiguredAddress()
    {
        using var visitor = new Visitor(app);
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        visitor.Http.DefaultRequestHeaders.Host = "evil.example";
        await visitor.SubmitWellAsync("account/forgot", "forgot", ("email", email));
        var (_, text) = await app.Smtp.NextAsync(email);
        var body = Encoding.UTF8.GetString(Convert.FromBase64String(text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Replace("\r\n", "", StringComparison.Ordinal)));
        Assert.Contains("https://ads.example.com/sub/account/reset?token=", body, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", body, StringComparison.Ordinal);
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
        while (await db.Mails.AnyAsync(m => m.To == to)) await Task.Yield();
    }
}

/// <summary>Mail servers that cannot take every mail.</summary>
public sealed class MailServerTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    [Fact]
    public async Task Mail_ServerWithoutEncryptionThatIsAskedForIt_GetsNothing()
    {
        using var server = new SmtpListener("8BITMIME", "SMTPUTF8");
        await IsRefusedAsync(server, new() { Tls = true }, app.NewAddress());
        Assert.Equal(["EHLO"], server.Commands.Select(c => c.Split(' ')[0]).Except(["QUIT"]));
    }

    [Fact]
    public async Task Mail_InternationalNameForAServerThatKnowsNone_Waits()
    {
        using var server = new SmtpListener("8BITMIME");
        await IsRefusedAsync(server, new() { Tls = false }, "사용자@example.com");
        Assert.DoesNotContain(server.Commands, c => c.StartsWith("RCPT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Mail_InternationalDomainForAServerThatKnowsNone_IsSpelledInAscii()
    {
        using var server = new SmtpListener("8BITMIME");
        await SendAsync(server, new() { Tls = false }, "user@한국.kr");
        var (_, text) = await server.NextAsync("user@xn--3e0b707e.kr");
        Assert.Contains("To: user@xn--3e0b707e.kr\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mail_PasswordFileThatIsNotThere_Waits()
    {
        using var server = new SmtpListener("AUTH PLAIN");
        await IsRefusedAsync(server, new() { Tls = false, User = "sender", PasswordFile = Path.Combine(app.Folder, "no-such-password") }, app.NewAddress());
        Assert.DoesNotContain(server.Commands, c => c.StartsWith("MAIL", StringComparison.Ordinal));
    }

    /// <summary>The mail stays, with a failed attempt noted.</summary>
    private async Task IsRefusedAsync(SmtpListener server, SmtpOptions smtp, string to)
    {
        await SendAsync(server, smtp, to);
        await using var db = app.NewContext();
        Assert.Equal(1, (await db.Mails.SingleAsync(m => m.To == to)).Attempts);
    }

    /// <summary>Posts a mail and waits until it was tried.</summary>
    private async Task SendAsync(SmtpListener server, SmtpOptions smtp, string to)
    {
        (smtp.Host, smtp.Port) = ("127.0.0.1", server.Port);
        var options = Options.Create(new MailOptions { From = "FaceAd <ads@example.com>", Smtp = smtp });
        var contexts = app.Services.GetRequiredService<IDbContextFactory<FaceAdDbContext>>();
        using var mailbox = new Mailbox(options, contexts, TimeProvider.System);
        using var sender = new MailSender(mailbox, options, contexts, TimeProvider.System, NullLogger<MailSender>.Instance);
        await mailbox.SendAsync(to, "Subject", "Text");
        await sender.StartAsync(CancellationToken.None);
        await using var db = app.NewContext();
        while (await db.Mails.AnyAsync(m => m.To == to && m.Attempts == 0)) await Task.Yield();
        await sender.StopAsync(CancellationToken.None);
    }
}

public sealed class MailboxAccessTests
{
    [Theory]
    [InlineData("Development", false, true)]
    [InlineData("Production", false, false)]
    [InlineData("Production", true, true)]
    public void IsOpenTo_BrowserOnThisMachineWithoutAccount_OnlyWhileDevelopingOrWhereItIsSaid(string environment, bool open, bool expected)
    {
        var options = Options.Create(new MailOptions { OpenMailbox = open });
        using var mailbox = new Mailbox(options, null!, TimeProvider.System);
        var access = new MailboxAccess(mailbox, new HostingEnvironment { EnvironmentName = environment }, options);
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Loopback } };
        context.Request.Host = new HostString("localhost");
        Assert.Equal(expected, access.IsOpenTo(context));
    }
}

/// <summary>The mailbox where there is no mail server.</summary>
public sealed class DevelopmentMailboxTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    [Fact]
    public async Task Mailbox_MoreThanItsCapacity_KeepsTheNewest()
    {
        var mailbox = app.Services.GetRequiredService<Mailbox>();
        for (var i = 0; i < Mailbox.Capacity + 5; i++) await mailbox.SendAsync("many@example.com", $"Mail {i}", "Text");
        var mails = await mailbox.ReadAsync();
        Assert.Equal(Mailbox.Capacity, mails.Count);
        Assert.Equal($"Mail {Mailbox.Capacity + 4}", mails[0].Subject);
        Assert.Equal("Mail 5", mails[^1].Subject);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("Host", "ads.example.com")]
    public async Task MailboxPage_ThroughAProxyOrAnotherName_IsForAdministratorsOnly(string header, string value)
    {
        using var nobody = new Visitor(app);
        Assert.Equal(HttpStatusCode.OK, (await nobody.Http.GetAsync("account/mailbox")).StatusCode);
        using var member = await app.SignInAsync(RolesFixture.Owner);
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        foreach (var visitor in new[] { nobody, member, admin }) visitor.Http.DefaultRequestHeaders.TryAddWithoutValidation(header, value);
        Assert.Equal(HttpStatusCode.NotFound, (await nobody.Http.GetAsync("account/mailbox")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await member.Http.GetAsync("account/mailbox")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await admin.Http.GetAsync("account/mailbox")).StatusCode);
    }
}
