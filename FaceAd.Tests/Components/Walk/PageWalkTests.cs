using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Components.Walk;

/// <summary>
/// Every page of the app in both languages, each light and dark, on a desk and on a phone: axe finds nothing, nothing is cut off, the
/// keyboard's place can be seen. The pages come from the app itself: one that is not named here fails the test.
/// </summary>
public sealed class PageWalkTests(PageWalkFixture app) : IClassFixture<PageWalkFixture>
{
    [Fact]
    public void Pages_OfTheApp_AreAllWalked()
    {
        var routes = Pages().Keys.ToList();
        Assert.True(routes.Count > 30, "The pages of the app were not found.");
        Assert.Empty(routes.Except(app.Stops.Select(s => s.Route)));
        Assert.Empty(app.Stops.Select(s => s.Route).Except(routes));
    }

    [Theory]
    [InlineData("ko", "light", 1440, true)]
    [InlineData("en", "light", 390, false)]
    public Task Page_Each_PassesAxeAndFits(string language, string theme, int width, bool isFirst) =>
        PageWalk.WalkAsync(app, app.Stops, language, theme, width, isFirst);

    private Dictionary<string, Type> Pages() => PageWalk.PagesOf(app);
}

/// <summary>The media owner's pages while there is nothing yet: the first thing that anyone sees of this product.</summary>
public sealed class EmptyPageWalkTests(EmptyPageWalkTests.Bare app) : IClassFixture<EmptyPageWalkTests.Bare>
{
    /// <summary>The app with an administrator and nothing else.</summary>
    public sealed class Bare : AppFixture
    {
        /// <inheritdoc/>
        protected override async Task ReadyAsync()
        {
            await using var scope = Services.CreateAsyncScope();
            var accounts = scope.ServiceProvider.GetRequiredService<AccountSetup>();
            var owner = await accounts.CreateOrganisationAsync("Hangang Elevator Media", OrganisationKind.MediaOwner);
            await accounts.CreateUserAsync(owner, PeopleFixture.Admin, PeopleFixture.Password, "Admin", Roles.Admin);
        }
    }

    [Theory]
    [InlineData("ko", "dark", 390, true)]
    [InlineData("en", "dark", 1440, false)]
    public Task Page_WithoutAnything_PassesAxeAndFits(string language, string theme, int width, bool isFirst)
    {
        string[] routes = ["/admin/overview", "/admin/approvals", "/admin/screens", "/admin/buildings", "/admin/groups", "/admin/house",
            "/admin/live", "/admin/audience", "/admin/privacy", "/campaigns", "/buildings", "/account/mailbox"];
        return PageWalk.WalkAsync(app, [.. routes.Select(r => new PageStop(r, PeopleFixture.Admin))], language, theme, width, isFirst);
    }
}
