using System.Net;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Accounts;

public sealed class SignInTests(PeopleFixture app) : IClassFixture<PeopleFixture>
{
    [Fact]
    public async Task SignIn_RightPassword_SetsAGuardedCookieAndGoesWhereAsked()
    {
        using var visitor = new Visitor(app);
        using var answer = await visitor.SignInAsync(PeopleFixture.One, PeopleFixture.Password, "/campaigns/new");

        Assert.Equal("/campaigns/new", answer.Headers.Location?.OriginalString);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("facead.session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("campaigns")]
    [InlineData("/\tevil.example")]
    public async Task SignIn_ReturnUrlNotLocal_GoesToTheFrontPage(string returnUrl)
    {
        using var visitor = new Visitor(app);
        using var answer = await visitor.SignInAsync(PeopleFixture.One, PeopleFixture.Password, returnUrl);
        Assert.Equal("/", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task SignIn_WrongPasswordOrNobody_SaysTheSame()
    {
        using var visitor = new Visitor(app);
        using var wrong = await visitor.SignInAsync(PeopleFixture.Two, "not the password");
        using var nobody = await visitor.SignInAsync("nobody@facead.example", "not the password");

        Assert.Contains("error=wrong", wrong.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(wrong.Headers.Location, nobody.Headers.Location);
        Assert.Contains("role=\"alert\"", await visitor.Http.GetStringAsync(wrong.Headers.Location), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_AddressThatCannotBeLookedFor_SaysTheSame()
    {
        using var visitor = new Visitor(app);
        // no character: no text that holds it is compared
        using var answer = await visitor.SignInAsync("a\ufffeb@facead.example", "not the password");
        Assert.Contains("error=wrong", answer.Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_FiveWrongPasswords_LocksEvenForTheRightOne()
    {
        await using (var scope = app.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<AccountSetup>()
                .CreateUserAsync(app.First, "locked@facead.example", PeopleFixture.Password, "Locked", Roles.Advertiser);
        }
        using var visitor = new Visitor(app);
        for (var attempt = 0; attempt < 5; attempt++) (await visitor.SignInAsync("locked@facead.example", "not the password")).Dispose();
        using var answer = await visitor.SignInAsync("locked@facead.example", PeopleFixture.Password);
        Assert.Contains("error=locked", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_WithoutAntiforgeryToken_IsRefused()
    {
        using var visitor = new Visitor(app);
        using var answer = await visitor.PostAsync(
            "account/login", null, ("email", PeopleFixture.One), ("password", PeopleFixture.Password));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain(answer.Headers, h =>
            h.Key == "Set-Cookie" && h.Value.Any(v => v.StartsWith("facead.session", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task SignOut_ThenAPage_AsksToSignInAgain()
    {
        using var visitor = await app.SignInAsync(PeopleFixture.One);
        Assert.Equal(HttpStatusCode.OK, (await visitor.Http.GetAsync("campaigns")).StatusCode);
        using var left = await visitor.PostAsync("account/logout", await visitor.TokenAsync("campaigns"), ("returnUrl", "/"));
        Assert.Equal(HttpStatusCode.Redirect, left.StatusCode);
        using var after = await visitor.Http.GetAsync("campaigns");
        Assert.Contains("/account/login", after.Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Roles.Admin, OrganisationKind.Advertiser)]
    [InlineData(Roles.Advertiser, OrganisationKind.MediaOwner)]
    public async Task CreateUser_RoleOfTheOtherSide_IsRefused(string role, OrganisationKind kind)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountSetup>();
        var organisation = await accounts.CreateOrganisationAsync($"Odd {role}", kind);
        await Assert.ThrowsAsync<AccountException>(
            () => accounts.CreateUserAsync(organisation, $"odd-{role}@facead.example", PeopleFixture.Password, "Odd", role));
    }
}
