using System.Net;
using System.Net.Http.Headers;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Hostile;

/// <summary>Other names for the site, and headers that only a proxy may send.</summary>
public sealed class HostileProxyTests(HostileProxyTests.Public app) : IClassFixture<HostileProxyTests.Public>
{
    private const string Site = "ads.example.com", Wrong = "not the password";
    private static readonly IPAddress Proxy = IPAddress.Parse("127.0.0.2"), Second = IPAddress.Parse("127.0.3.7"),
        Nobody = IPAddress.Parse("127.0.0.9");

    /// <summary>The app under a public address, behind two proxies.</summary>
    public sealed class Public : RolesFixture
    {
        /// <inheritdoc/>
        protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(base.Settings)
        {
            ["Mail:SiteAddress"] = $"https://{Site}/",
            ["Proxies"] = $"{Proxy}, 127.0.3.0/24",
        };
    }

    [Theory]
    [InlineData(Site, HttpStatusCode.OK)]
    [InlineData("ADS.example.com:443", HttpStatusCode.OK)]
    [InlineData("localhost:5080", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("[::1]:5080", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.BadRequest)]
    [InlineData("ads.example.com.evil.example", HttpStatusCode.BadRequest)]
    [InlineData("evil.example:443", HttpStatusCode.BadRequest)]
    [InlineData("10.0.0.5", HttpStatusCode.BadRequest)]
    [InlineData("127.0.0.1.evil.example", HttpStatusCode.BadRequest)]
    public async Task Host_OfAPage_IsTheSiteOrThisMachine(string host, HttpStatusCode expected)
    {
        using var client = app.NewClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Host", host);
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-Host", Site); // believed from nobody
        foreach (var page in new[] { "account/login", "css/app.css", "api/v1/openapi.json" })
            Assert.Equal(expected, (await client.GetAsync(page)).StatusCode);
    }

    [Fact]
    public async Task Host_OfProbesAndScreens_IsAny()
    {
        using var client = app.NewClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Host", "10.0.0.5");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("healthz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("readyz")).StatusCode);
        var video = $"media/{new string('a', 64)}.mp4";
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync(video)).StatusCode);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", app.ScreenToken);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(video)).StatusCode); // let in: there is no such video
    }

    [Fact]
    public async Task StrictTransport_OverTlsOfAKnownProxyOnly_IsSaid()
    {
        Assert.Equal("max-age=31536000", await StrictAsync(Proxy, "https"));
        Assert.Equal("max-age=31536000", await StrictAsync(Second, "https"));
        Assert.Null(await StrictAsync(Proxy, "http"));
        Assert.Null(await StrictAsync(Nobody, "https"));
    }

    [Theory]
    [InlineData("127.0.0.2", "198.51.100.7", "198.51.100.7")]
    [InlineData("127.0.0.2", "203.0.113.9, 198.51.100.7", "198.51.100.7")] // the first was made up by the client
    [InlineData("127.0.0.2", "203.0.113.9, 198.51.100.8, 127.0.3.1", "198.51.100.8")]
    [InlineData("127.0.0.2", "nonsense", "127.0.0.2")]
    [InlineData("127.0.0.9", "198.51.100.7", "127.0.0.9")]
    public async Task ForwardedFor_OfAKnownProxyOnly_IsTheClient(string from, string forwarded, string client)
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var guesser = new Visitor(app, IPAddress.Parse(from));
        guesser.Http.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-For", forwarded);
        (await guesser.SignInAsync(email, Wrong)).Dispose();
        await using var db = app.NewContext();
        var told = await db.AuditEntries.SingleAsync(e => e.UserName == email && e.Verb == AuditVerb.SignInFailed);
        Assert.Equal(client, told.Address);
    }

    [Fact]
    public async Task SignIn_AddressesOfOneNetwork_CountAsOne()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        async Task<string> TryAsync(string address, string password)
        {
            using var guesser = new Visitor(app, Proxy);
            guesser.Http.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-For", address);
            using var answer = await guesser.SignInAsync(email, password);
            return answer.Headers.Location!.OriginalString;
        }

        for (var i = 0; i < 5; i++) await TryAsync($"2001:db8:1:2::{i + 1:x}", Wrong);
        Assert.Contains("error=locked", await TryAsync("2001:db8:1:2:ffff::1", PeopleFixture.Password), StringComparison.Ordinal);
        Assert.Equal("/", await TryAsync("2001:db8:1:3::1", PeopleFixture.Password));
    }

    private async Task<string?> StrictAsync(IPAddress from, string scheme)
    {
        using var client = app.NewClient(from: from);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Host", Site);
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-Proto", scheme);
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-For", "198.51.100.7");
        using var answer = await client.GetAsync("account/login");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer.Headers.TryGetValues("Strict-Transport-Security", out var values) ? values.Single() : null;
    }
}
