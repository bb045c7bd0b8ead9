using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Network;
using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FaceAd.Tests.Accounts.Mail;

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
        await IsRefusedAsync(
            server, new() { Tls = false, User = "sender", PasswordFile = Path.Combine(app.Folder, "no-such-password") }, app.NewAddress());
        Assert.DoesNotContain(server.Commands, c => c.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Mail_ServerThatTakesItsTime_HoldsNoConnectionAndIsAskedAgainAfterACrash()
    {
        using var server = new SmtpListener();
        var (answer, to) = (new TaskCompletionSource(), app.NewAddress());
        server.Hold = answer.Task;
        var (mailbox, sender) = NewSender(server, new() { Tls = false }, TimeProvider.System);
        await mailbox.SendAsync(to, "Subject", "Text");
        await sender.StartAsync(CancellationToken.None);
        var (_, first) = await server.NextAsync(to);
        await using var db = app.NewContext();
        Assert.Equal(0, await db.Database.SqlQuery<int>(
            $"""
            SELECT count(*)::int AS "Value" FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'idle in transaction' AND query LIKE '%FROM mails%'
            """).SingleAsync());

        await sender.StopAsync(CancellationToken.None); // dies before the answer
        var left = await db.Mails.AsNoTracking().SingleAsync(m => m.To == to);
        Assert.True(left.DueAt > TimeProvider.System.GetUtcNow(), "for a while nobody else sends it");
        answer.SetResult();
        var (_, other) = NewSender(server, new() { Tls = false }, new SetClock(left.DueAt));
        server.Forget(to);
        await other.StartAsync(CancellationToken.None);
        var (_, again) = await server.NextAsync(to);
        Assert.Equal(IdOf(first), IdOf(again));
        await Wait.UntilAsync(async () => !await db.Mails.AnyAsync(m => m.To == to), "the mail was sent");
        await other.StopAsync(CancellationToken.None);

        static string IdOf(string text) => text.Split("\r\n").Single(l => l.StartsWith("Message-Id:", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Mail_NoDatabase_IsTriedAgain()
    {
        var said = new Complaints();
        using var log = new LoggerFactory([said]);
        await using var services = new ServiceCollection()
            .AddDbContextFactory<FaceAdDbContext>(o => o.UseNpgsql("Host=127.0.0.1;Port=1")).BuildServiceProvider();
        var contexts = services.GetRequiredService<IDbContextFactory<FaceAdDbContext>>();
        var options = Options.Create(new MailOptions { Smtp = { Host = "127.0.0.1" } });
        using var mailbox = new Mailbox(options, contexts, TimeProvider.System);
        using var sender = new MailSender(mailbox, options, contexts, TimeProvider.System, log.CreateLogger<MailSender>());
        await sender.StartAsync(CancellationToken.None);
        await Wait.UntilAsync(() => said.Lines.Any(l => l.Contains("the database is unavailable", StringComparison.Ordinal)), "it says so");
        Assert.False(sender.ExecuteTask!.IsCompleted);
        await sender.StopAsync(CancellationToken.None);
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
        var (mailbox, sender) = NewSender(server, smtp, TimeProvider.System);
        await mailbox.SendAsync(to, "Subject", "Text");
        await sender.StartAsync(CancellationToken.None);
        await using var db = app.NewContext();
        await Wait.UntilAsync(async () => !await db.Mails.AnyAsync(m => m.To == to && m.Attempts == 0), "the mail was tried");
        await sender.StopAsync(CancellationToken.None);
    }

    private (Mailbox Mailbox, MailSender Sender) NewSender(SmtpListener server, SmtpOptions smtp, TimeProvider time)
    {
        (smtp.Host, smtp.Port) = ("127.0.0.1", server.Port);
        var options = Options.Create(new MailOptions { From = "FaceAd <ads@example.com>", Smtp = smtp });
        var contexts = app.Services.GetRequiredService<IDbContextFactory<FaceAdDbContext>>();
        var mailbox = new Mailbox(options, contexts, TimeProvider.System);
        return (mailbox, new MailSender(mailbox, options, contexts, time, NullLogger<MailSender>.Instance));
    }
}
