using System.Net;
using System.Security.Claims;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FaceAd.Tests.Accounts;

/// <summary>A cookie is worth what its session is: nothing, once that has ended.</summary>
public sealed class SessionTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    private const string SomeFilm = "media/0000000000000000000000000000000000000000000000000000000000000000.mp4";

    [Fact]
    public async Task SignOut_AnswersThatWereUnderWay_BringNothingBack()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var visitor = await app.SignInAsync(email);
        var first = visitor.Session!;
        using (var alive = await visitor.Http.PostAsync("account/alive", null)) Assert.Equal(HttpStatusCode.NoContent, alive.StatusCode);
        var renewed = visitor.Session!; // as an answer has it that comes in after that to the sign-out
        Assert.NotEqual(first, renewed);
        await visitor.SignOutAsync();
        Assert.Null(visitor.Session);
        foreach (var late in new[] { first, renewed })
        {
            using var again = new Visitor(app, late);
            Assert.False(await again.IsKnownAsync());
            foreach (var (method, path, status) in new[]
            {
                (HttpMethod.Post, "account/alive", HttpStatusCode.Unauthorized), (HttpMethod.Get, SomeFilm, HttpStatusCode.Unauthorized),
                (HttpMethod.Get, "api/loop", HttpStatusCode.Unauthorized), (HttpMethod.Post, "_blazor/negotiate?negotiateVersion=1", HttpStatusCode.OK),
            })
            {
                using var answer = await again.Http.SendAsync(new HttpRequestMessage(method, path));
                Assert.Equal(status, answer.StatusCode);
                Assert.False(answer.Headers.Contains("Set-Cookie"), path); // neither renewed, nor is a newer one taken away
            }
        }
    }

    [Fact]
    public async Task EndedSession_PageThatIsOpened_TakesTheCookieAway()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var visitor = await app.SignInAsync(email);
        var late = visitor.Session!;
        await visitor.SignOutAsync();
        using var again = new Visitor(app, late);
        var request = new HttpRequestMessage(HttpMethod.Get, "campaigns");
        request.Headers.Accept.ParseAdd("text/html,application/xhtml+xml");
        using var answer = await again.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Null(again.Session);
    }

    [Fact]
    public async Task SignOut_OtherSessionsOfThePerson_GoOn()
    {
        var (id, email) = await app.AddUserAsync(app.First, Roles.Analyst);
        using var here = await app.SignInAsync(email);
        using var there = await app.SignInAsync(email);
        await here.SignOutAsync();
        Assert.True(await there.IsKnownAsync());
        Assert.Single(await SessionsAsync(id));
    }

    [Fact]
    public async Task SignIn_AgainInTheSameBrowser_TakesTheOldSessionsPlace()
    {
        var (id, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var visitor = await app.SignInAsync(email);
        var (before, late) = (Assert.Single(await SessionsAsync(id)), visitor.Session!);
        (await visitor.SignInAsync(email, PeopleFixture.Password)).Dispose();
        Assert.NotEqual(before.Id, Assert.Single(await SessionsAsync(id)).Id);
        Assert.True(await visitor.IsKnownAsync());
        using var again = new Visitor(app, late);
        Assert.False(await again.IsKnownAsync());
    }

    [Fact]
    public async Task Session_RenewedAndReadAnew_StaysTheSame()
    {
        var (id, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var visitor = await app.SignInAsync(email);
        var session = Assert.Single(await SessionsAsync(id));
        for (var request = 0; request < 3; request++) Assert.True(await visitor.IsKnownAsync()); // here each one reads the claims anew
        await visitor.SubmitWellAsync("account/settings", "profile", ("name", "Somebody else"), ("language", "en"));
        await visitor.SubmitWellAsync("account/settings", "password", ("present", PeopleFixture.Password), ("password", "another good password"));
        Assert.True(await visitor.IsKnownAsync());
        var after = Assert.Single(await SessionsAsync(id));
        Assert.Equal((session.Id, session.StartedAt), (after.Id, after.StartedAt));
        Assert.True(after.SeenAt > session.SeenAt);
    }

    [Fact]
    public async Task List_AnotherSession_IsShownAndEndedAtOnce()
    {
        var (id, email) = await app.AddUserAsync(app.First, Roles.Analyst); // it is their own account: they need no right to change
        using var here = await app.SignInAsync(email);
        var mine = Assert.Single(await SessionsAsync(id)).Id;
        using var there = new Visitor(app);
        there.Http.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0");
        (await there.SignInAsync(email, PeopleFixture.Password)).Dispose();
        var other = (await SessionsAsync(id)).Single(s => s.Id != mine).Id;
        Assert.Contains("Edge on Windows", await here.Http.GetStringAsync("account/settings"), StringComparison.Ordinal);

        Assert.EndsWith("done=session#where", await here.SubmitWellAsync("account/settings", "session", ("session", $"{other}")), StringComparison.Ordinal);
        Assert.False(await there.IsKnownAsync());
        Assert.True(await here.IsKnownAsync());
        Assert.DoesNotContain("Edge", await here.Http.GetStringAsync("account/settings"), StringComparison.Ordinal);
        using (var twice = await here.SubmitAsync("account/settings", "session", ("session", $"{other}"))) Assert.Equal(HttpStatusCode.NotFound, twice.StatusCode);
        await using var db = app.NewContext();
        Assert.Contains("Edge · Windows", (await db.AuditEntries.SingleAsync(e => e.UserId == id && e.Verb == AuditVerb.SessionEnded)).Details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_SessionOfSomebodyElseOrNone_Is404AndEndsNothing()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        var (victim, theirs) = await app.AddUserAsync(app.First, Roles.Advertiser); // a colleague
        using var visitor = await app.SignInAsync(email);
        using var other = await app.SignInAsync(theirs);
        var session = Assert.Single(await SessionsAsync(victim)).Id;
        Assert.DoesNotContain($"{session}", await visitor.Http.GetStringAsync("account/settings"), StringComparison.Ordinal);
        foreach (var id in new[] { $"{session}", $"{session:N}", $"{Guid.NewGuid()}", "' OR 1=1 --", "../..", "" })
        {
            using var answer = await visitor.SubmitAsync("account/settings", "session", ("session", id));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
        using (var unsigned = await visitor.PostAsync("account/settings", null, ("_handler", "session"), ("session", $"{session}"))) Assert.Equal(HttpStatusCode.BadRequest, unsigned.StatusCode);
        Assert.True(await other.IsKnownAsync());
        Assert.True(await visitor.IsKnownAsync());
    }

    [Fact]
    public async Task Elsewhere_Pressed_EndsAllButThisOne()
    {
        var (id, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var here = await app.SignInAsync(email);
        Assert.DoesNotContain("data-do=\"elsewhere\"", await here.Http.GetStringAsync("account/settings"), StringComparison.Ordinal); // nothing to end
        using var there = await app.SignInAsync(email);
        using var phone = await app.SignInAsync(email);
        await here.SubmitWellAsync("account/settings", "elsewhere");
        Assert.Equal((true, false, false), (await here.IsKnownAsync(), await there.IsKnownAsync(), await phone.IsKnownAsync()));
        Assert.Single(await SessionsAsync(id));
        await using var db = app.NewContext();
        Assert.Equal(1, await db.AuditEntries.CountAsync(e => e.UserId == id && e.Verb == AuditVerb.SignedOutElsewhere));
    }

    [Theory]
    [InlineData("password")]
    [InlineData("reset")]
    [InlineData("everywhere")]
    [InlineData("role")]
    [InlineData("removed")]
    public async Task SessionsThatAStampEnds_AreGoneFromTheList(string how)
    {
        var (id, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var here = await app.SignInAsync(email);
        using var there = await app.SignInAsync(email);
        using var owner = await app.SignInAsync(RolesFixture.Owner);
        switch (how)
        {
            case "password":
                await here.SubmitWellAsync("account/settings", "password", ("present", PeopleFixture.Password), ("password", "another good password"));
                break;
            case "reset":
                await here.SubmitWellAsync("account/forgot", "forgot", ("email", email));
                await here.SubmitWellAsync(await app.LinkAsync(email), "reset", ("password", "another good password"));
                break;
            case "everywhere":
                await here.SubmitWellAsync("account/settings", "everywhere");
                break;
            case "role":
                await owner.SubmitWellAsync("organisation", $"role-{id:N}", ("role", Roles.Analyst));
                break;
            default:
                await owner.SubmitWellAsync("organisation", $"remove-{id:N}");
                break;
        }
        Assert.Equal(how == "password" ? 1 : 0, (await SessionsAsync(id)).Count);
        Assert.Equal(how == "password", await here.IsKnownAsync());
        Assert.False(await there.IsKnownAsync());
        Assert.True(await owner.IsKnownAsync());
    }

    [Theory]
    [InlineData("before")]
    [InlineData("unknown")]
    [InlineData("foreign")]
    [InlineData("nonsense")]
    public async Task Cookie_WithoutASessionOfItsOwner_IsNobodys(string kind)
    {
        var (id, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        var (victim, theirs) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var other = await app.SignInAsync(theirs);
        var session = kind switch
        {
            "before" => null, // as an earlier version made them
            "unknown" => $"{Guid.NewGuid()}",
            "foreign" => $"{Assert.Single(await SessionsAsync(victim)).Id}",
            _ => "nonsense",
        };
        using var visitor = new Visitor(app, await CookieAsync(email, session));
        Assert.False(await visitor.IsKnownAsync());
        Assert.True(await other.IsKnownAsync());
        Assert.Empty(await SessionsAsync(id));

        // The cookie itself is well made: with a session it opens the door.
        using var real = await app.SignInAsync(email);
        using var good = new Visitor(app, await CookieAsync(email, $"{Assert.Single(await SessionsAsync(id)).Id}"));
        Assert.True(await good.IsKnownAsync());
    }

    [Fact]
    public async Task Session_NotSeenForLongerThanACookieLives_HasEndedAndIsSweptAtTheNextSignIn()
    {
        var (id, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var visitor = await app.SignInAsync(email);
        await using var db = app.NewContext();
        var options = app.Services.GetRequiredService<IOptions<AccountOptions>>().Value;
        var then = TimeProvider.System.GetUtcNow() - options.Idle - AccountsSetup.IdleSlack - options.Recheck;
        await db.Sessions.Where(s => s.UserId == id).ExecuteUpdateAsync(s => s.SetProperty(x => x.SeenAt, then));
        Assert.False(await visitor.IsKnownAsync());
        Assert.Empty(await app.Services.GetRequiredService<SessionBook>().ListAsync(id, 10));
        Assert.Single(await SessionsAsync(id));
        (await app.SignInAsync(RolesFixture.Owner)).Dispose();
        Assert.Empty(await SessionsAsync(id));
    }

    private async Task<List<UserSession>> SessionsAsync(Guid user)
    {
        await using var db = app.NewContext();
        return await db.Sessions.AsNoTracking().Where(s => s.UserId == user).ToListAsync();
    }

    // As somebody could make one who has the key ring.
    private async Task<string> CookieAsync(string email, string? session)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var principal = await scope.ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<User>>()
            .CreateAsync((await scope.ServiceProvider.GetRequiredService<UserManager<User>>().FindByEmailAsync(email))!);
        if (session is not null) principal.Identities.First().AddClaim(new Claim(FaceAdClaims.Session, session));
        var now = TimeProvider.System.GetUtcNow();
        return app.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(IdentityConstants.ApplicationScheme).TicketDataFormat
            .Protect(new AuthenticationTicket(principal, new AuthenticationProperties { IssuedUtc = now, ExpiresUtc = now.AddMinutes(10) }, IdentityConstants.ApplicationScheme));
    }
}

/// <summary>What a node knows of sessions, and for how long it believes it.</summary>
public sealed class SessionBookTests : IAsyncLifetime
{
    private static readonly TimeSpan Recheck = TimeSpan.FromMinutes(1);
    private readonly Node _one, _two;

    public SessionBookTests()
    {
        _one = new Node();
        _two = new Node(_one);
    }

    /// <summary>A node that looks again after a minute, on a clock that can be moved.</summary>
    private sealed class Node(Node? first = null) : RolesFixture
    {
        public MovedClock Clock { get; } = new();

        protected override AppFixture? Beside => first;

        protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(base.Settings) { ["Accounts:Recheck"] = $"{Recheck}" };

        protected override void Replace(IServiceCollection services) => services.AddSingleton<TimeProvider>(Clock);

        protected override Task ReadyAsync() => first is null ? base.ReadyAsync() : Task.CompletedTask;
    }

    /// <summary>The system's clock, ahead by some.</summary>
    private sealed class MovedClock : TimeProvider
    {
        private long _ahead;

        public void Move(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => System.GetUtcNow().Ticks + Interlocked.Read(ref _ahead);
    }

    public async Task InitializeAsync()
    {
        await _one.InitializeAsync();
        await _two.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await _two.DisposeAsync();
        await _one.DisposeAsync();
    }

    [Fact]
    public async Task Session_InsideTheRecheck_CostsNoQueryAndEndsHereAtOnceThereAtTheRecheck()
    {
        using var visitor = await _one.SignInAsync(PeopleFixture.One);
        using var there = new Visitor(_two, visitor.Session!);
        Assert.True(await there.IsKnownAsync()); // the nodes share key ring and database
        await using var db = _one.NewContext();
        async Task<DateTimeOffset> SeenAsync() => await db.Sessions.Select(s => s.SeenAt).SingleAsync();
        var seen = await SeenAsync();
        Assert.True(await visitor.IsKnownAsync());
        Assert.Equal(seen, await SeenAsync()); // nothing was written
        _one.Clock.Move(Recheck);
        Assert.True(await visitor.IsKnownAsync());
        Assert.True(await SeenAsync() >= seen + Recheck);

        var late = visitor.Session!;
        await visitor.SignOutAsync();
        using var again = new Visitor(_one, late);
        Assert.False(await again.IsKnownAsync());
        Assert.True(await there.IsKnownAsync()); // believes what it saw: it did not ask
        _two.Clock.Move(Recheck);
        Assert.False(await there.IsKnownAsync());
    }

    [Fact]
    public async Task Session_EndedWhileItIsLookedAt_IsNotTakenForOpenAfterwards()
    {
        var book = _one.Services.GetRequiredService<SessionBook>();
        var user = (await _one.ViewerAsync(RolesFixture.Owner)).UserId!.Value;
        for (var round = 0; round < 50; round++)
        {
            var key = await book.StartAsync(user, null);
            _one.Clock.Move(Recheck);
            var looks = Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await book.IsOpenAsync(key))).ToList();
            Assert.NotNull(await Task.Run(() => book.EndAsync(key)));
            await Task.WhenAll(looks);
            Assert.False(await book.IsOpenAsync(key));
            _one.Clock.Move(Recheck + TimeSpan.FromMinutes(2)); // long after it is swept from memory, too
            Assert.False(await book.IsOpenAsync(key));
        }
    }
}

/// <summary>What browsers call themselves.</summary>
public sealed class BrowserNameTests
{
    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", "Chrome", "Windows")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", "Safari", "macOS")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.0.0 Mobile/15E148 Safari/604.1", "Chrome", "iPhone")]
    [InlineData("Mozilla/5.0 (Linux; Android 14; SM-S928N) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", "Samsung Internet", "Android")]
    [InlineData("Mozilla/5.0 (Linux; Android 14; SM-S928N; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36;KAKAOTALK 2511", "KakaoTalk", "Android")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Whale/4.33.325.17 Safari/537.36", "Whale", "Windows")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Linux")]
    [InlineData("<script>alert(1)</script>", null, null)]
    [InlineData("", null, null)]
    [InlineData(null, null, null)]
    public void Browser_ByWhatItSays_HasANameThatPeopleKnow(string? said, string? browser, string? platform) => Assert.Equal((browser, platform), BrowserName.Of(said));
}
