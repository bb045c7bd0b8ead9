using System.Net;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Watch;
using FaceAd.Web.Accounts.Audit;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Accounts;

/// <summary>Signing up, by what a browser sends and what the mail brings.</summary>
public sealed class SignUpTests(OneConnection app) : IClassFixture<OneConnection>
{
    [Fact]
    public async Task SignUp_LinkOfTheMail_MakesOrganisationAndOwnerOnceAndLetsThemIn()
    {
        var (email, name) = (app.NewAddress(), $"새 회사 {Guid.NewGuid():N}");
        using var visitor = new Visitor(app);
        Assert.Contains("account/sent", await SignUpAsync(visitor, email, name), StringComparison.Ordinal);
        await using var db = app.NewContext();
        Assert.False(await db.Organisations.AnyAsync(o => o.Name == name)); // nothing before the address is proved
        Assert.False(await db.Users.AnyAsync(u => u.Email == email));

        var link = await app.LinkAsync(email);
        // looking uses nothing up
        Assert.Contains(name, WebUtility.HtmlDecode(await visitor.Http.GetStringAsync(link)), StringComparison.Ordinal);
        Assert.EndsWith("/", await visitor.SubmitWellAsync(link, "confirm"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await visitor.Http.GetAsync("campaigns")).StatusCode);
        Assert.True(await app.ViewerAsync(email) is { IsMediaOwner: false, CanChange: true, Manages: true });
        Assert.Contains(AuditVerb.SignedUp, await db.AuditEntries.Where(e => e.UserName == email).Select(e => e.Verb).ToListAsync());

        Assert.Contains("data-problem=\"Link\"", await visitor.Http.GetStringAsync(link), StringComparison.Ordinal); // used up
    }

    [Fact]
    public async Task SignUp_KnownAndUnknownAddress_AreAnsweredAlikeAndOnlyTheirOwnerLearns()
    {
        using var visitor = new Visitor(app);
        var unknown = app.NewAddress();
        var first = await SignUpAsync(visitor, unknown, $"A {Guid.NewGuid():N}");
        var second = await SignUpAsync(visitor, RolesFixture.Owner.ToUpperInvariant(), $"B {Guid.NewGuid():N}");
        Assert.Equal(first, second);
        Assert.Contains("already", (await app.MailAsync(RolesFixture.Owner))!.Subject, StringComparison.Ordinal);
        Assert.NotEqual((await app.MailAsync(unknown))!.Subject, (await app.MailAsync(RolesFixture.Owner))!.Subject);
    }

    [Fact]
    public async Task SignUp_NameTaken_AsksForAnotherAfterTheAddressIsProved()
    {
        using var visitor = new Visitor(app);
        var email = app.NewAddress();
        await SignUpAsync(visitor, email, app.First.Name);
        var link = await app.LinkAsync(email);
        Assert.Equal("OrganisationTaken", await visitor.SubmitBadlyAsync(link, "confirm"));
        Assert.EndsWith("/", await visitor.SubmitWellAsync(link, "confirm", ("organisation", $"Another {Guid.NewGuid():N}")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Again_WaitingSignUp_GetsANewLinkAndTheOldOneIsDead()
    {
        using var visitor = new Visitor(app);
        var email = app.NewAddress();
        await SignUpAsync(visitor, email, $"C {Guid.NewGuid():N}");
        var first = await app.LinkAsync(email);
        var known = await visitor.SubmitWellAsync("account/confirm/again", "again", ("email", email));
        Assert.Equal(known, await visitor.SubmitWellAsync("account/confirm/again", "again", ("email", "nobody-at-all@example.com")));
        Assert.Null(await app.MailAsync("nobody-at-all@example.com"));
        var second = await app.LinkAsync(email);
        Assert.NotEqual(first, second);
        Assert.Contains("data-problem=\"Link\"", await visitor.Http.GetStringAsync(first), StringComparison.Ordinal);
        Assert.EndsWith("/", await visitor.SubmitWellAsync(second, "confirm"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not an address", "Good name", "a good long password", "Email")]
    [InlineData("a@b@example.com", "Good name", "a good long password", "Email")]
    [InlineData("a@example.com,b@example.com", "Good name", "a good long password", "Email")]
    [InlineData("a@example.com\r\nBcc: b@example.com", "Good name", "a good long password", "Email")]
    [InlineData("Name <a@example.com>", "Good name", "a good long password", "Email")]
    [InlineData("new@example.com", "two\nlines", "a good long password", "Name")]
    [InlineData("new@example.com", "\u202Eevil", "a good long password", "Name")]
    [InlineData("new@example.com", "\u200B\u200B", "a good long password", "Name")]
    [InlineData("new@example.com", "...", "a good long password", "Name")]
    [InlineData("new@example.com", "Good name", "short", "Password")]
    [InlineData("new@example.com", "Good name", "aaaaaaaaaaaaaaaa", "Guessable")]
    [InlineData("new@example.com", "Good name", "new@example.com", "Guessable")]
    public async Task SignUp_HostileWords_AreRefusedAndNothingIsMailed(string email, string name, string password, string problem)
    {
        using var visitor = new Visitor(app);
        Assert.Equal(
            problem, await visitor.SubmitBadlyAsync(
                "account/sign-up", "sign-up", ("organisation", name), ("name", "Person"), ("email", email), ("password", password)));
        Assert.Null(await app.MailAsync("new@example.com"));
    }

    [Fact]
    public async Task SignUp_EndlessWords_AreRefused()
    {
        using var visitor = new Visitor(app);
        Assert.Equal("Name", await SignUpBadlyAsync(visitor, app.NewAddress(), new string('x', 100_000)));
        Assert.Equal("Email", await SignUpBadlyAsync(visitor, new string('a', 300) + "@example.com", "Company"));
        Assert.Equal(
            "Password", await SignUpBadlyAsync(visitor, app.NewAddress(), "Company", string.Concat(Enumerable.Repeat("abcd", 10_000))));
    }

    [Fact]
    public async Task SignUp_MarkupInANameAndAQuote_IsShownAsText()
    {
        using var visitor = new Visitor(app);
        var (email, name) = (app.NewAddress(), $"<b>\"O'Neil\" & {{0}} 😀 {Guid.NewGuid():N}");
        await SignUpAsync(visitor, email, name);
        Assert.Contains(name, (await app.MailAsync(email))!.Text, StringComparison.Ordinal); // braces are no places to fill
        var page = await visitor.Http.GetStringAsync(await app.LinkAsync(email));
        Assert.DoesNotContain("<b>\"O", page, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;", page, StringComparison.Ordinal);
        await visitor.SubmitWellAsync(await app.LinkAsync(email), "confirm");
        Assert.Contains("&lt;b&gt;", await visitor.Http.GetStringAsync("organisation"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("%01%7f")]
    [InlineData("' OR 1=1 --")]
    public async Task Links_TokensThatAreNone_AreDead(string token)
    {
        using var visitor = new Visitor(app);
        foreach (var page in new[] { "confirm", "reset", "email", "invitation" })
            Assert.Contains(
                "data-problem=\"Link\"", await visitor.Http.GetStringAsync($"account/{page}?token={token}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_ExpiredOrForAnotherPurpose_AreDead()
    {
        using var visitor = new Visitor(app);
        var email = app.NewAddress();
        await SignUpAsync(visitor, email, $"D {Guid.NewGuid():N}");
        var link = await app.LinkAsync(email);
        var token = link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..];
        foreach (var page in new[] { "reset", "email", "invitation" })
            Assert.Contains(
                "data-problem=\"Link\"", await visitor.Http.GetStringAsync($"account/{page}?token={token}"), StringComparison.Ordinal);

        await using var db = app.NewContext();
        Assert.Equal(1, await db.AccountLinks.Where(l => l.Email == email)
            .ExecuteUpdateAsync(s => s.SetProperty(l => l.ExpiresAt, TimeProvider.System.GetUtcNow().AddSeconds(-1))));
        Assert.Contains("data-problem=\"Link\"", await visitor.Http.GetStringAsync(link), StringComparison.Ordinal);
        // only a hash is kept
        Assert.NotEqual(
            System.Text.Encoding.UTF8.GetBytes(token), (await db.AccountLinks.AsNoTracking().SingleAsync(l => l.Email == email)).Hash);
    }

    [Fact]
    public async Task Confirm_TwiceAtOnce_MakesOneAccount()
    {
        using var visitor = new Visitor(app);
        var email = app.NewAddress();
        await SignUpAsync(visitor, email, $"E {Guid.NewGuid():N}");
        var link = await app.LinkAsync(email);
        using var one = new Visitor(app);
        using var two = new Visitor(app);
        var (tokenOne, tokenTwo) = (await one.TokenAsync(link), await two.TokenAsync(link));
        var answers = await Task.WhenAll(
            one.PostAsync(link, tokenOne, ("_handler", "confirm")), two.PostAsync(link, tokenTwo, ("_handler", "confirm")));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Redirect);
        await using var db = app.NewContext();
        Assert.Equal(1, await db.Users.CountAsync(u => u.Email == email));
    }

    [Fact]
    public async Task Form_WithoutAntiforgeryToken_IsRefused()
    {
        using var visitor = new Visitor(app);
        foreach (var (page, form) in new[] { ("account/sign-up", "sign-up"), ("account/forgot", "forgot"), ("account/confirm/again", "again"), ("account/two-factor", "") })
        {
            using var answer = await visitor.PostAsync(page, null, ("_handler", form), ("email", app.NewAddress()));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    private static Task<string> SignUpAsync(Visitor visitor, string email, string organisation) => visitor.SubmitWellAsync(
        "account/sign-up", "sign-up", ("organisation", organisation), ("name", "Person"), ("email", email),
        ("password", PeopleFixture.Password));

    private static Task<string> SignUpBadlyAsync(
        Visitor visitor, string email, string organisation, string password = PeopleFixture.Password) => visitor.SubmitBadlyAsync(
        "account/sign-up", "sign-up", ("organisation", organisation), ("name", "Person"), ("email", email), ("password", password));
}
