using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Accounts;

/// <summary>Mails, handed to a real SMTP server on a real socket.</summary>
public sealed class MailTests(MailTests.WithServer app) : IClassFixture<MailTests.WithServer>
{
    /// <summary>The app with a mail server.</summary>
    public sealed class WithServer : RolesFixture
    {
        internal SmtpListener Smtp { get; } = new();

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

    /// <summary>A mail server that speaks as much of RFC 5321 as a client needs, and keeps what it is given.</summary>
    internal sealed class SmtpListener : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly ConcurrentDictionary<string, TaskCompletionSource<(List<string>, string)>> _mails = new();
        private readonly ConcurrentDictionary<string, TaskCompletionSource> _refused = new();

        public SmtpListener()
        {
            _listener.Start();
            _ = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public ConcurrentBag<string> RefuseOnce { get; } = [];

        public Task<(List<string> Recipients, string Text)> NextAsync(string to) => Of(to).Task.WaitAsync(TimeSpan.FromSeconds(60));

        public Task RefusedAsync(string to) => Refusal(to).Task.WaitAsync(TimeSpan.FromSeconds(60));

        public void Dispose() => _listener.Dispose();

        private TaskCompletionSource<(List<string>, string)> Of(string to) => _mails.GetOrAdd(to, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

        private TaskCompletionSource Refusal(string to) => _refused.GetOrAdd(to, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

        private async Task AcceptAsync()
        {
            try
            {
                while (true) _ = TalkAsync(await _listener.AcceptTcpClientAsync());
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task TalkAsync(TcpClient client)
        {
            using var _ = client;
            using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
            await using var writer = new StreamWriter(client.GetStream(), Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 test");
            List<string> recipients = [];
            while (await reader.ReadLineAsync() is { } line)
            {
                if (line.StartsWith("EHLO", StringComparison.OrdinalIgnoreCase)) await writer.WriteLineAsync("250 test");
                else if (line.StartsWith("RCPT TO:", StringComparison.OrdinalIgnoreCase))
                {
                    var to = line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];
                    if (RefuseOnce.Contains(to) && Refusal(to).TrySetResult())
                    {
                        await writer.WriteLineAsync("451 not now");
                        continue;
                    }
                    recipients.Add(to);
                    await writer.WriteLineAsync("250 ok");
                }
                else if (line.Equals("DATA", StringComparison.OrdinalIgnoreCase))
                {
                    await writer.WriteLineAsync("354 go on");
                    var text = new StringBuilder();
                    while (await reader.ReadLineAsync() is { } part && part != ".") text.Append(part.StartsWith("..", StringComparison.Ordinal) ? part[1..] : part).Append("\r\n");
                    await writer.WriteLineAsync("250 taken");
                    foreach (var to in recipients) Of(to).TrySetResult(([.. recipients], text.ToString()));
                    recipients.Clear();
                }
                else if (line.Equals("QUIT", StringComparison.OrdinalIgnoreCase))
                {
                    await writer.WriteLineAsync("221 bye");
                    return;
                }
                else await writer.WriteLineAsync("250 ok");
            }
        }
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
