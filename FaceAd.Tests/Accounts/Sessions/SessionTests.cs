using System.Net;
using System.Security.Claims;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FaceAd.Tests.Accounts.Sessions;

/// <summary>A cookie is worth what its session is: nothing, once that has ended.</summary>
public sealed class SessionTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    private const string SomeVideo = "media/0000000000000000000000000000000000000000000000000000000000000000.mp4";

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
                (HttpMethod.Post, "account/alive", HttpStatusCode.Unauthorized), (HttpMethod.Get, SomeVideo, HttpStatusCode.Unauthorized),
                (HttpMethod.Get, "api/loop", HttpStatusCode.Unauthorized),
                (HttpMethod.Post, "_blazor/negotiate?negotiateVersion=1", HttpStatusCode.OK),
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
        await visitor.SubmitWellAsync(
            "account/settings", "password", ("present", PeopleFixture.Password), ("password", "winter teapot orbit plum"));
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

        Assert.EndsWith("done=session#where", await here.SubmitWellAsync("account/settings", "session", ("session", $"{other}")),
            StringComparison.Ordinal);
        Assert.False(await there.IsKnownAsync());
        Assert.True(await here.IsKnownAsync());
        Assert.DoesNotContain("Edge", await here.Http.GetStringAsync("account/settings"), StringComparison.Ordinal);
        using (var twice = await here.SubmitAsync("account/settings", "session", ("session", $"{other}")))
            Assert.Equal(HttpStatusCode.NotFound, twice.StatusCode);
        await using var db = app.NewContext();
        Assert.Contains(
            "Edge · Windows", (await db.AuditEntries.SingleAsync(e => e.UserId == id && e.Verb == AuditVerb.SessionEnded)).Details,
            StringComparison.Ordinal);
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
        using (var unsigned = await visitor.PostAsync("account/settings", null, ("_handler", "session"), ("session", $"{session}")))
            Assert.Equal(HttpStatusCode.BadRequest, unsigned.StatusCode);
        Assert.True(await other.IsKnownAsync());
        Assert.True(await visitor.IsKnownAsync());
    }

    [Fact]
    public async Task Elsewhere_Pressed_EndsAllButThisOne()
    {
        var (id, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var here = await app.SignInAsync(email);
        // nothing to end
        Assert.DoesNotContain("data-do=\"elsewhere\"", await here.Http.GetStringAsync("account/settings"), StringComparison.Ordinal);
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
        var manager = await app.ViewerAsync(RolesFixture.Owner);
        await using var scope = app.Services.CreateAsyncScope();
        var members = scope.ServiceProvider.GetRequiredService<Members>();
        switch (how)
        {
            case "password":
                await here.SubmitWellAsync(
                    "account/settings", "password", ("present", PeopleFixture.Password), ("password", "winter teapot orbit plum"));
                break;
            case "reset":
                await here.SubmitWellAsync("account/forgot", "forgot", ("email", email));
                await here.SubmitWellAsync(await app.LinkAsync(email), "reset", ("password", "winter teapot orbit plum"));
                break;
            case "everywhere":
                await here.SubmitWellAsync("account/settings", "everywhere");
                break;
            case "role":
                Assert.Null(await members.ChangeRoleAsync(manager, id, Roles.Analyst));
                break;
            default:
                Assert.Null(await members.RemoveAsync(manager, id));
                break;
        }
        Assert.Equal(how == "password" ? 1 : 0, (await SessionsAsync(id)).Count);
        Assert.Equal(how == "password", await here.IsKnownAsync());
        Assert.False(await there.IsKnownAsync());
        Assert.True(await owner.IsKnownAsync());
    }

    [Theory]
    [InlineData("none")]
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
            "none" => null,
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
        Assert.Empty(await app.Services.GetRequiredService<SessionService>().ListAsync(id, 10));
        Assert.Single(await SessionsAsync(id));
        (await app.SignInAsync(RolesFixture.Owner)).Dispose();
        Assert.Empty(await SessionsAsync(id));
    }

    private async Task<List<UserSession>> SessionsAsync(Guid user)
    {
        await using var db = app.NewContext();
        return await db.Sessions.AsNoTracking().Where(s => s.UserId == user).ToListAsync();
    }

    // As anyone with the key ring could make one.
    private async Task<string> CookieAsync(string email, string? session)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var principal = await scope.ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<User>>()
            .CreateAsync((await scope.ServiceProvider.GetRequiredService<UserManager<User>>().FindByEmailAsync(email))!);
        if (session is not null) principal.Identities.First().AddClaim(new Claim(FaceAdClaims.Session, session));
        var now = TimeProvider.System.GetUtcNow();
        return app.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>()
            .Get(IdentityConstants.ApplicationScheme).TicketDataFormat
            .Protect(
                new AuthenticationTicket(principal, new AuthenticationProperties { IssuedUtc = now, ExpiresUtc = now.AddMinutes(10) },
                    IdentityConstants.ApplicationScheme));
    }
}
