using System.Net;
using System.Net.Sockets;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Mail;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Accounts.Mail;

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

    [Fact]
    public async Task MailboxPage_KeyOfThisStart_OpensItForThisBrowser()
    {
        using var nobody = new Visitor(app);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(nobody));
        using (var taken = await nobody.Http.GetAsync(app.MailboxLink))
        {
            Assert.Equal("/account/mailbox", taken.Headers.Location?.OriginalString); // the key does not stay in the address
            var cookie = Assert.Single(
                taken.Headers.GetValues("Set-Cookie"), c => c.StartsWith("facead.mailbox=", StringComparison.Ordinal));
            Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        }
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(nobody));
        using var other = new Visitor(app);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(other));
    }

    [Theory]
    [InlineData("account/mailbox?key=")]
    [InlineData("account/mailbox?key=00000000000000000000000000000000")]
    [InlineData("account/mailbox?key=%00")]
    [InlineData("account/mailbox?key=a&key=KEY")]
    [InlineData("account/mailbox/?Key=KEY2")]
    [InlineData("account/sent?key=KEY")]
    public async Task MailboxPage_NoKeyOrWrongOne_StaysShut(string path)
    {
        using var nobody = new Visitor(app);
        (await nobody.Http.GetAsync(path.Replace("KEY", app.MailboxLink.Split('=')[1], StringComparison.Ordinal))).Dispose();
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(nobody));
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("X-FORWARDED-SERVER", "proxy")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("CF-Connecting-IP", "127.0.0.1")]
    [InlineData("Host", "ads.example.com")]
    [InlineData("Host", "127.0.0.1.example.com")]
    public async Task MailboxPage_ThroughAProxyOrAnotherName_IsForAdministratorsOnly(string header, string value)
    {
        using var nobody = new Visitor(app);
        (await nobody.Http.GetAsync(app.MailboxLink)).Dispose();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(nobody));
        using var late = new Visitor(app);
        using var member = await app.SignInAsync(RolesFixture.Owner);
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        foreach (var visitor in new[] { nobody, late, member, admin })
            visitor.Http.DefaultRequestHeaders.TryAddWithoutValidation(header, value);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(nobody)); // with the right key
        Assert.Equal(HttpStatusCode.NotFound, (await late.Http.GetAsync(app.MailboxLink)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(member));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(admin));
    }

    [Fact]
    public async Task MailboxPage_ThroughATunnelThatAddsNothing_NeedsTheKey()
    {
        // What ends on this machine and passes bytes on cannot be told from a browser here: only the key keeps strangers out.
        using var tunnel = new TcpListener(IPAddress.Loopback, 0);
        tunnel.Start();
        var passing = PassOnAsync(tunnel);
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri($"http://{tunnel.LocalEndpoint}/"),
            DefaultRequestHeaders = { Host = "127.0.0.1" },
        };
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("account/mailbox")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("account/login")).StatusCode);
        client.Dispose();
        await passing.WaitAsync(Wait.Limit);
    }

    private async Task PassOnAsync(TcpListener tunnel)
    {
        using var outer = await tunnel.AcceptTcpClientAsync();
        using var inner = new TcpClient(app.Address.Host, app.Address.Port);
        var (there, back) = (outer.GetStream(), inner.GetStream());
        var answers = back.CopyToAsync(there);
        await there.CopyToAsync(back);
        inner.Client.Shutdown(SocketShutdown.Send);
        await answers;
    }

    private static async Task<HttpStatusCode> StatusAsync(Visitor visitor)
    {
        using var answer = await visitor.Http.GetAsync("account/mailbox");
        return answer.StatusCode;
    }
}
