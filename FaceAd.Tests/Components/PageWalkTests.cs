using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Components;

/// <summary>
/// Every page of the app in both languages, light and dark, on a desk and on a phone: axe finds nothing, nothing is cut off, the keyboard's place can
/// be seen. The pages come from the app itself: one that is not named here fails the test.
/// </summary>
public sealed class PageWalkTests(PageWalkFixture app) : IClassFixture<PageWalkFixture>
{
    private const string Nobody = PageWalk.Nobody;

    private PageStop[] Stops =>
    [
        new("/account/login", Nobody),
        new("/account/login", Nobody, "account/login?error=wrong"),
        new("/account/sign-up", Nobody),
        new("/account/sent", Nobody, "account/sent?what=sign-up"),
        new("/account/confirm", Nobody, app.Links["confirm"]),
        new("/account/confirm", Nobody, "account/confirm?token=none"),
        new("/account/confirm/again", Nobody),
        new("/account/forgot", Nobody),
        new("/account/reset", Nobody, app.Links["reset"]),
        new("/account/reset", Nobody, "account/reset?token=none"),
        new("/account/email", Nobody, app.Links["email"]),
        new("/account/invitation", Nobody, app.Links["invitation"]),
        new("/account/unsubscribe", Nobody, app.Links["unsubscribe"]),
        new("/account/unsubscribe", Nobody, app.Links["unsubscribe"] + "&done=off"),
        new("/account/unsubscribe", Nobody, "account/unsubscribe?token=none"),
        new("/account/two-factor", Nobody),
        new("/account/mailbox", Nobody),
        new("/account/denied", Nobody),
        new("/error", Nobody) { Status = 0 },
        new("/not-found", Nobody) { Status = 0 },
        new("/r/{Token}", Nobody, app.SharedReport),
        new("/r/{Token}", Nobody, "r/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") { Status = 404 },

        new("/", RolesFixture.Owner),
        new("/campaigns", RolesFixture.Owner) { Opens = [("[data-menu]", ".panel.open .floors a")] },
        new("/campaigns/calendar", RolesFixture.Owner),
        new("/campaigns/new", RolesFixture.Owner),
        new("/campaigns/deleted", RolesFixture.Owner),
        new("/campaigns/{Id:guid}", RolesFixture.Owner, $"campaigns/{app.Running}") { Dialogs = ["[data-do=open-share]"] },
        new("/campaigns/{Id:guid}", RolesFixture.Owner, $"campaigns/{app.Draft}"),
        new("/campaigns/{Id:guid}/edit", RolesFixture.Owner, $"campaigns/{app.Draft}/edit"),
        new("/campaigns/{Id:guid}/report", RolesFixture.Owner, $"campaigns/{app.Running}/report"),
        new("/notifications", RolesFixture.Owner),
        new("/organisation", RolesFixture.Owner),
        new("/organisation/tokens", RolesFixture.Owner),
        new("/organisation/webhooks", RolesFixture.Owner),
        new("/organisation/webhooks/{Id:guid}", RolesFixture.Owner, app.Links["webhook"]),
        new("/account/settings", RolesFixture.Owner),
        new("/account/settings/two-factor", RolesFixture.Owner),

        new("/campaigns", RolesFixture.OtherOwner),
        new("/campaigns", RolesFixture.OtherOwner, "campaigns?q=nothing"),
        new("/campaigns/calendar", RolesFixture.OtherOwner),
        new("/campaigns/deleted", RolesFixture.OtherOwner),
        new("/notifications", RolesFixture.OtherOwner),
        new("/organisation/tokens", RolesFixture.OtherOwner),
        new("/organisation/webhooks", RolesFixture.OtherOwner),

        new("/admin", PeopleFixture.Admin),
        new("/admin/overview", PeopleFixture.Admin),
        new("/admin/approvals", PeopleFixture.Admin) { Dialogs = ["[data-do=reject]"] },
        new("/admin/screens", PeopleFixture.Admin) { Dialogs = ["[data-do=new-site]", "[data-do=new-screen]", "[data-do=consent]", "[data-do=revoke]"] },
        new("/admin/groups", PeopleFixture.Admin) { Opens = [("[data-group] .button:not(.danger)", "#group-name"), ("[data-do=save-group]", ".rz-notification-item")] },
        new("/admin/house", PeopleFixture.Admin),
        new("/admin/live", PeopleFixture.Admin) { Opens = [("[data-menu]", ".panel.open .floors a")] },
        new("/admin/audience", PeopleFixture.Admin),
        new("/admin/privacy", PeopleFixture.Admin),
        new("/admin/audit", PeopleFixture.Admin),
        new("/campaigns/{Id:guid}", PeopleFixture.Admin, $"campaigns/{app.Waiting}"),
        new("/campaigns/new", RolesFixture.Analyst) { Status = 0 },
    ];

    [Fact]
    public void Pages_OfTheApp_AreAllWalked()
    {
        var routes = Pages().Keys.ToList();
        Assert.True(routes.Count > 30, "The pages of the app were not found.");
        Assert.Empty(routes.Except(Stops.Select(s => s.Route)));
        Assert.Empty(Stops.Select(s => s.Route).Except(routes));
    }

    [Theory]
    [InlineData("ko", "light", 1440)]
    [InlineData("en", "dark", 390)]
    public async Task Page_Each_PassesAxeAndFits(string language, string theme, int width)
    {
        await PageWalk.WalkAsync(app, Stops, language, theme, width);
    }

    private Dictionary<string, Type> Pages() => PageWalk.PagesOf(app);
}

/// <summary>The media owner's pages while there is nothing yet: the first thing that anybody sees of this product.</summary>
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
    [InlineData("ko", "dark", 390)]
    [InlineData("en", "light", 1440)]
    public Task Page_WithoutAnything_PassesAxeAndFits(string language, string theme, int width)
    {
        string[] routes = ["/admin/overview", "/admin/approvals", "/admin/screens", "/admin/groups", "/admin/house", "/admin/live", "/admin/audience", "/admin/privacy", "/campaigns", "/account/mailbox"];
        return PageWalk.WalkAsync(app, [.. routes.Select(r => new PageStop(r, PeopleFixture.Admin))], language, theme, width);
    }
}
