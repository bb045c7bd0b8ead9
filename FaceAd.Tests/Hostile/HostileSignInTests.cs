using System.Diagnostics;
using System.Net;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Hostile;

/// <summary>Guessers learn nothing, are slowed down, and cannot lock anyone out.</summary>
public sealed class HostileSignInTests(HostileSignInTests.Guarded app) : IClassFixture<HostileSignInTests.Guarded>
{
    private const string Wrong = "not the password", Cookie = "facead.browser=";
    private static int _networks;

    /// <summary>The app with limits that a test can reach.</summary>
    public sealed class Guarded : RolesFixture
    {
        public const int MostFromAll = 12;
        public static readonly TimeSpan MinimumResponseTime = TimeSpan.FromMilliseconds(150);

        /// <inheritdoc/>
        protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(base.Settings)
        {
            ["Accounts:TriesPerMinute"] = $"{MostFromAll}",
            ["Accounts:MinimumResponseTime"] = $"{MinimumResponseTime}",
        };
    }

    [Fact]
    public async Task SignIn_GuesserElsewhere_IsHeldUpAndTheOwnerIsNot()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var guesser = Stranger();
        for (var i = 0; i < 4; i++) Assert.Contains("error=wrong", await TryAsync(guesser, email, Wrong), StringComparison.Ordinal);
        Assert.Contains("error=locked&minutes=5", await TryAsync(guesser, email, Wrong), StringComparison.Ordinal);
        Assert.Contains("error=locked&minutes=5", await TryAsync(guesser, email, PeopleFixture.Password), StringComparison.Ordinal);
        (await app.SignInAsync(email)).Dispose();
        // The owner's success does not free the guesser, who may still try other accounts.
        Assert.Contains("error=locked&minutes=5", await TryAsync(guesser, email, PeopleFixture.Password), StringComparison.Ordinal);
        Assert.Equal("/", await TryAsync(guesser, RolesFixture.Analyst, PeopleFixture.Password));
    }

    [Fact]
    public async Task SignIn_GuessersInManyNetworks_AreHeldUpTogetherAndTheOwnerIsNot()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var owner = await app.SignInAsync(email);
        await owner.SignOutAsync();
        await GuessFromManyNetworksAsync(email);
        using var guesser = Stranger();
        Assert.Contains("error=locked&minutes=1", await TryAsync(guesser, email, PeopleFixture.Password), StringComparison.Ordinal);

        // Where the owner has signed in before, nothing has happened.
        Assert.Equal("/", await TryAsync(owner, email, PeopleFixture.Password));
        // Where not, the mailbox opens the way.
        using var elsewhere = Stranger();
        Assert.Contains("error=locked", await TryAsync(elsewhere, email, PeopleFixture.Password), StringComparison.Ordinal);
        await elsewhere.SubmitWellAsync("account/forgot", "forgot", ("email", email));
        const string another = "winter teapot orbit plum";
        await elsewhere.SubmitWellAsync(await app.LinkAsync(email), "reset", ("password", another));
        Assert.Equal("/", await TryAsync(elsewhere, email, another));
        // Others are never held up by it.
        Assert.Equal("/", await TryAsync(guesser, RolesFixture.Analyst, PeopleFixture.Password));
    }

    [Fact]
    public async Task SignIn_KnownAndUnknownAccounts_AreAnsweredAlikeAtEveryStep()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        var unknown = app.NewAddress();
        Assert.Equal(await GuessFromManyNetworksAsync(email), await GuessFromManyNetworksAsync(unknown));
        using var guesser = Stranger();
        Assert.Equal(await TryAsync(guesser, email, Wrong), await TryAsync(guesser, unknown, Wrong));
    }

    [Theory]
    [InlineData(RolesFixture.OtherAnalyst)]
    [InlineData("nobody-at-all@example.com")]
    [InlineData("a\ufffeb@facead.example")]
    public async Task SignIn_WrongPassword_TakesTheMinimumTime(string email)
    {
        using var guesser = Stranger();
        var token = await guesser.TokenAsync("account/login");
        for (var i = 0; i < 7; i++) // with those that are held up
        {
            var clock = Stopwatch.StartNew();
            using var answer = await guesser.PostAsync("account/login", token, ("email", email), ("password", Wrong));
            // Timers are coarse.
            Assert.True(clock.Elapsed > Guarded.MinimumResponseTime - TimeSpan.FromMilliseconds(10), $"{clock.Elapsed}");
        }
    }

    [Fact]
    public async Task SignIn_ManyTriesAtOnce_AreJudgedNoMoreOftenThanOneByOne()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var guesser = Stranger();
        var token = await guesser.TokenAsync("account/login");
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            using var answer = await guesser.PostAsync("account/login", token, ("email", email), ("password", $"{Wrong} {i}"));
            return answer.Headers.Location!.OriginalString;
        }));
        Assert.All(answers, a => Assert.Matches("error=(wrong|locked)", a));
        await using var db = app.NewContext();
        var judged = await db.AuditEntries.Where(e => e.UserName == email && e.Verb == AuditVerb.SignInFailed).ToListAsync();
        Assert.Equal(5, judged.Count(e => e.Details!.Contains("password", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("%00%ff")]
    [InlineData("OTHER")]
    [InlineData("LONG")]
    public async Task KnownBrowser_ForgedOrOfAnotherAccount_OpensNothing(string cookie)
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var other = await app.SignInAsync(RolesFixture.OtherMember);
        var value = cookie switch
        {
            "OTHER" => other.Cookies.Split("; ").Single(c => c.StartsWith(Cookie, StringComparison.Ordinal))[Cookie.Length..],
            "LONG" => new string('a', 9_000),
            _ => cookie,
        };
        await GuessFromManyNetworksAsync(email);
        using var guesser = Stranger();
        var token = await guesser.TokenAsync("account/login");
        guesser.Http.DefaultRequestHeaders.Add("Cookie", Cookie + value);
        using var answer = await guesser.PostAsync("account/login", token, ("email", email), ("password", PeopleFixture.Password));
        Assert.Contains("error=locked", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::/64")]
    public void NetworkOf_Address_IsTheAddressOr64Bits(string address, string network) =>
        Assert.Equal(network, ClientAddress.NetworkOf(IPAddress.Parse(address)));

    private static async Task<string> TryAsync(Visitor visitor, string email, string password)
    {
        using var answer = await visitor.SignInAsync(email, password);
        return answer.Headers.Location!.OriginalString;
    }

    /// <summary>As many wrong passwords as hold up all new browsers, four from each network.</summary>
    /// <returns>The answers.</returns>
    private async Task<IReadOnlyList<string>> GuessFromManyNetworksAsync(string email)
    {
        List<string> answers = [];
        while (answers.Count < Guarded.MostFromAll)
        {
            using var guesser = Stranger();
            for (var i = 0; i < 4; i++) answers.Add(await TryAsync(guesser, email, Wrong));
        }
        return answers;
    }

    /// <summary>Somebody in a network that nobody else comes from.</summary>
    private Visitor Stranger()
    {
        var network = Interlocked.Increment(ref _networks);
        return new Visitor(app, new IPAddress([127, 1, (byte)(network >> 8), (byte)network]));
    }
}
