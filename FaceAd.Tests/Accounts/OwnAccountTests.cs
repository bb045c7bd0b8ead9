using System.Net;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Watch;
using FaceAd.Web.Accounts;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Accounts;

/// <summary>What people do with their own account.</summary>
public sealed class OwnAccountTests(OneConnection app) : IClassFixture<OneConnection>
{
    private const string NewPassword = "winter teapot orbit plum";

    [Fact]
    public async Task Reset_LinkOfTheMail_SetsThePasswordOnceOpensTheLockAndEndsSessions()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var session = await app.SignInAsync(email);
        using var visitor = new Visitor(app);
        for (var attempt = 0; attempt < 5; attempt++) (await visitor.SignInAsync(email, "wrong password")).Dispose();
        await visitor.SubmitWellAsync("account/forgot", "forgot", ("email", email.ToUpperInvariant()));
        var link = await app.LinkAsync(email);

        Assert.Equal("Password", await visitor.SubmitBadlyAsync(link, "reset", ("password", "short")));
        Assert.Contains("done=password", await visitor.SubmitWellAsync(link, "reset", ("password", NewPassword)), StringComparison.Ordinal);
        Assert.Contains("data-problem=\"Link\"", await visitor.Http.GetStringAsync(link), StringComparison.Ordinal);
        (await Visitor.SignedInAsync(app, email, NewPassword)).Dispose();
        Assert.Contains(
            "/account/login", (await session.Http.GetAsync("campaigns")).Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.Contains("password was changed", (await app.MailAsync(email))!.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forgot_KnownAndUnknownAddress_AreAnsweredAlike()
    {
        using var visitor = new Visitor(app);
        var known = await visitor.SubmitWellAsync("account/forgot", "forgot", ("email", RolesFixture.OtherAnalyst));
        Assert.Equal(known, await visitor.SubmitWellAsync("account/forgot", "forgot", ("email", "nobody-here@example.com")));
        Assert.Equal(known, await visitor.SubmitWellAsync("account/forgot", "forgot", ("email", "no address")));
        Assert.NotNull(await app.MailAsync(RolesFixture.OtherAnalyst));
        Assert.Null(await app.MailAsync("nobody-here@example.com"));
    }

    [Fact]
    public async Task SignIn_KnownAndUnknownAddress_AreLockedAlike()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var visitor = new Visitor(app);
        List<string> known = [], unknown = [];
        for (var attempt = 0; attempt < 7; attempt++)
        {
            known.Add((await visitor.SignInAsync(email, "wrong password")).Headers.Location!.OriginalString);
            unknown.Add((await visitor.SignInAsync("stranger@example.com", "wrong password")).Headers.Location!.OriginalString);
        }
        Assert.Equal(known, unknown);
        Assert.Contains("error=locked&minutes=5", known[4], StringComparison.Ordinal);
        Assert.Contains("error=wrong", known[3], StringComparison.Ordinal);
        Assert.Contains("in 5 minutes", await visitor.Http.GetStringAsync(known[4]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangePassword_RightPresentOne_KeepsThisSessionAndEndsOthersAndOldLinks()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Analyst); // analysts have an account too
        using var here = await app.SignInAsync(email);
        using var there = await app.SignInAsync(email);
        await here.SubmitWellAsync("account/forgot", "forgot", ("email", email));
        var reset = await app.LinkAsync(email);
        Assert.Equal(
            "Wrong", await here.SubmitBadlyAsync("account/settings", "password", ("present", "wrong password"), ("password", NewPassword)));
        await here.SubmitWellAsync("account/settings", "password", ("present", PeopleFixture.Password), ("password", NewPassword));
        Assert.Equal(HttpStatusCode.OK, (await here.Http.GetAsync("campaigns")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await there.Http.GetAsync("campaigns")).StatusCode);
        Assert.Contains("data-problem=\"Link\"", await here.Http.GetStringAsync(reset), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangeEmail_ProvedByItsLink_BecomesTheSignInName()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        var address = app.NewAddress();
        using var visitor = await app.SignInAsync(email);
        await visitor.SubmitWellAsync("account/settings", "email", ("present", PeopleFixture.Password), ("email", address));
        Assert.Contains(address, (await app.MailAsync(email))!.Text, StringComparison.Ordinal); // the present owner hears of it
        (await app.SignInAsync(email)).Dispose(); // nothing has changed yet
        var link = await app.LinkAsync(address);
        Assert.Contains("done=email", await visitor.SubmitWellAsync(link, "email"), StringComparison.Ordinal);
        (await app.SignInAsync(address)).Dispose();
        using var old = new Visitor(app);
        Assert.Contains("error=wrong", (await old.SignInAsync(email, PeopleFixture.Password)).Headers.Location!.OriginalString,
            StringComparison.Ordinal);
        Assert.Contains("data-problem=\"Link\"", await visitor.Http.GetStringAsync(link), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangeEmail_AddressOfSomebodyElse_IsAnsweredAlikeAndChangesNothing()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        var (_, victim) = await app.AddUserAsync(app.Second, Roles.Advertiser);
        using var visitor = await app.SignInAsync(email);
        var free = await visitor.SubmitWellAsync(
            "account/settings", "email", ("present", PeopleFixture.Password), ("email", app.NewAddress()));
        Assert.Equal(
            free, await visitor.SubmitWellAsync("account/settings", "email", ("present", PeopleFixture.Password), ("email", victim)));
        Assert.DoesNotContain("token=", (await app.MailAsync(victim))!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangeEmail_AddressTakenMeanwhile_IsRefused()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        var address = app.NewAddress();
        using var visitor = await app.SignInAsync(email);
        await visitor.SubmitWellAsync("account/settings", "email", ("present", PeopleFixture.Password), ("email", address));
        var link = await app.LinkAsync(address);
        await app.AddUserAsync(app.Second, Roles.Advertiser, address);
        Assert.Equal("Link", await visitor.SubmitBadlyAsync(link, "email"));
        (await app.SignInAsync(email)).Dispose();
    }

    [Fact]
    public async Task Profile_NameAndLanguage_AreKeptAndSpokenInEveryBrowser()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var visitor = await app.SignInAsync(email);
        Assert.Equal("Name", await visitor.SubmitBadlyAsync("account/settings", "profile", ("name", "\u202Etxt.exe"), ("language", "ko")));
        await visitor.SubmitWellAsync("account/settings", "profile", ("name", "김하늘 <i>"), ("language", "ko"));
        var page = await visitor.Http.GetStringAsync("campaigns");
        Assert.Contains("lang=\"ko\"", page, StringComparison.Ordinal);
        Assert.Contains("&lt;i&gt;", page, StringComparison.Ordinal);
        using var other = await app.SignInAsync(email);
        Assert.Contains("lang=\"ko\"", await other.Http.GetStringAsync("campaigns"), StringComparison.Ordinal);
        await visitor.SubmitWellAsync("account/settings", "profile", ("name", "Somebody"), ("language", "../../etc"));
        await using var db = app.NewContext();
        Assert.Null(await db.Users.Where(u => u.Email == email).Select(u => u.Language).SingleAsync());
    }

    [Fact]
    public async Task SignOutEverywhere_EndsEverySession()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var here = await app.SignInAsync(email);
        using var there = await app.SignInAsync(email);
        await here.SubmitWellAsync("account/settings", "everywhere");
        Assert.Equal(HttpStatusCode.Redirect, (await here.Http.GetAsync("campaigns")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await there.Http.GetAsync("campaigns")).StatusCode);
    }

    [Fact]
    public async Task Alive_SignedIn_RenewsTheCookieAndIsRefusedToOthers()
    {
        using var visitor = await app.SignInAsync(RolesFixture.One);
        using var alive = await visitor.Http.PostAsync("account/alive", null);
        Assert.Equal(HttpStatusCode.NoContent, alive.StatusCode);
        Assert.Contains(alive.Headers.GetValues("Set-Cookie"), c => c.StartsWith("facead.session=", StringComparison.Ordinal));
        using var nobody = new Visitor(app);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.Http.PostAsync("account/alive", null)).StatusCode);
    }
}
