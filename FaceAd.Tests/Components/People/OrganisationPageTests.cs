using Bunit;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Components.Pages.Admin.Sites;
using FaceAd.Web.Components.Pages.People;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace FaceAd.Tests.Components.People;

/// <summary>What those who manage an organisation do on its pages, and what nobody does there whose rights are gone.</summary>
public sealed class OrganisationPageTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    [Fact]
    public async Task ChangeRole_ConfirmedThenUndone_IsAsBefore()
    {
        var (organisation, _, owner) = await app.AddOrganisationAsync();
        var (id, email) = await app.AddUserAsync(organisation, Roles.Advertiser);
        await using var page = await CircuitPage.OpenAsync<OrganisationPage>(app, owner);
        await page.SeesAsync($"[data-member='{email}']");
        await page.View.InvokeAsync(() => page.View.FindAll("tr").Single(r => r.QuerySelector($"[data-member='{email}']") is not null)
            .QuerySelector("[data-do=role]")!.Click());
        await page.SeesAsync(".mud-dialog [data-do=confirm]:disabled"); // the role is still the one they have
        var role = page.View.FindComponents<MudSelect<string>>()[0];
        await page.View.InvokeAsync(() => role.Instance.ValueChanged.InvokeAsync(Roles.Analyst));
        await page.SubmitAsync();
        await page.SeesAsync($"tr:has([data-member='{email}']) [data-role={Roles.Analyst}]");
        Assert.Equal(Roles.Analyst, await RoleAsync(id));

        await page.PressAsync(".mud-snackbar-content-action button");
        await page.SeesAsync($"tr:has([data-member='{email}']) [data-role={Roles.Advertiser}]");
        Assert.Equal(Roles.Advertiser, await RoleAsync(id));
    }

    [Fact]
    public async Task Remove_LastOwner_IsRefusedInPlaceWithTheReason()
    {
        var (_, id, owner) = await app.AddOrganisationAsync();
        await using var page = await CircuitPage.OpenAsync<OrganisationPage>(app, owner);
        await page.PressAsync("[data-do=remove]");
        await page.PressAsync(".mud-dialog [data-do=confirm]");
        await page.SeesAsync("[data-problem=Last]");
        Assert.Contains("Give someone else that role first.", page.View.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal(Roles.Owner, await RoleAsync(id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Remove_ByOneWhoseRightsAreGone_DoesNothingAndLeavesThePage(bool isRemoved)
    {
        var (organisation, ownerId, owner) = await app.AddOrganisationAsync();
        var (id, email) = await app.AddUserAsync(organisation, Roles.Owner);
        await using var page = await CircuitPage.OpenAsync<OrganisationPage>(app, email);
        await page.SeesAsync($"[data-member='{owner}']");
        await page.View.InvokeAsync(() => page.View.FindAll("tr").Single(r => r.QuerySelector($"[data-member='{owner}']") is not null)
            .QuerySelector("[data-do=remove]")!.Click());
        await page.SeesAsync(".mud-dialog [data-do=confirm]");
        // The dialog is open when somebody else is faster.
        var boss = await app.ViewerAsync(owner);
        await using (var scope = app.Services.CreateAsyncScope())
        {
            var members = scope.ServiceProvider.GetRequiredService<Members>();
            Assert.Null(isRemoved ? await members.RemoveAsync(boss, id) : await members.ChangeRoleAsync(boss, id, Roles.Analyst));
        }
        await page.PressAsync(".mud-dialog [data-do=confirm]");
        await page.SeesAsync(".floor-display"); // on the way to sign in
        Assert.Contains("account/login?error=ended", page.Address, StringComparison.Ordinal);
        Assert.False(await page.IsSignedInAsync());
        Assert.Equal(Roles.Owner, await RoleAsync(ownerId));
    }

    [Fact]
    public async Task Invite_BadThenGoodAddress_StaysOpenWithTheReasonAndThenSends()
    {
        var (organisation, _, owner) = await app.AddOrganisationAsync();
        var email = app.NewAddress();
        await using var page = await CircuitPage.OpenAsync<OrganisationPage>(app, owner);
        await page.PressAsync("[data-do=invite]");
        await page.SeesAsync("[name=email]");
        await page.TypeAsync("[name=email]", "someone@example.com, other@example.com");
        await page.SubmitAsync();
        await page.SeesAsync(".mud-dialog [data-problem=Email]");
        await page.TypeAsync("[name=email]", email);
        await page.SubmitAsync();
        await page.SeesAsync($"[data-invitation='{email}']");
        Assert.Contains(organisation.Name, (await app.MailAsync(email))!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_SoughtSortedAndPaged_AreOfTheOwnOrganisation()
    {
        var (organisation, _, owner) = await app.AddOrganisationAsync();
        var addresses = new List<string> { owner };
        for (var i = 0; i < 3; i++) addresses.Add((await app.AddUserAsync(organisation, Roles.Analyst)).Email);
        var viewer = await app.ViewerAsync(owner);
        await using var scope = app.Services.CreateAsyncScope();
        var members = scope.ServiceProvider.GetRequiredService<Members>();
        var (page, total) = await members.PageAsync(
            viewer, new MemberQuery { Order = MemberOrder.Email, Descending = true, Skip = 1, Take = 2 });
        Assert.Equal(4, total);
        Assert.Equal(addresses.OrderDescending(StringComparer.Ordinal).Skip(1).Take(2), page.Select(m => m.Email));
        (page, total) = await members.PageAsync(viewer, new MemberQuery { Text = "%", Role = Roles.Analyst });
        Assert.Equal((0, 0), (page.Count, total)); // a sign, not a pattern
        Assert.Equal(3, (await members.PageAsync(viewer, new MemberQuery { Role = Roles.Analyst })).Total);
        Assert.Empty((await members.PageAsync(await app.ViewerAsync(RolesFixture.Analyst), new MemberQuery())).Members);
    }

    [Fact]
    public async Task Token_Made_IsShownOnceAndRevokedByItsRow()
    {
        var (_, _, owner) = await app.AddOrganisationAsync();
        await using var page = await CircuitPage.OpenAsync<Tokens>(app, owner);
        await page.PressAsync("[data-do=make]");
        await page.SeesAsync("[name=name]");
        await page.TypeAsync("[name=name]", "Monthly report");
        await page.SubmitAsync();
        await page.SeesAsync(".mud-dialog [data-problem=Scopes]");
        await page.View.InvokeAsync(() => page.View.Find($"[data-scope='{ApiScopes.CampaignsRead}']").Change(true));
        await page.SubmitAsync();
        await page.SeesAsync("[data-secret]");
        var secret = page.View.Find("[data-secret]").TextContent;
        Assert.StartsWith("fat_", secret, StringComparison.Ordinal);
        await page.PressAsync("[data-do=kept]");
        await page.MissesAsync("[data-secret]");
        await page.SeesAsync("[data-token='Monthly report']");
        Assert.DoesNotContain(secret, page.View.Markup, StringComparison.Ordinal);

        await page.PressAsync("[data-do=revoke]");
        await page.PressAsync(".mud-dialog [data-do=confirm]");
        await page.MissesAsync("[data-do=revoke]");
        await using var db = app.NewContext();
        Assert.NotNull((await db.ApiTokens.SingleAsync(t => t.Hash == ApiToken.HashOf(secret))).RevokedAt);
    }

    [Fact]
    public async Task Measurement_SwitchedByOneWhoIsNoAdministratorAnyMore_StaysAsItWas()
    {
        await using var db = app.NewContext();
        var media = await db.Organisations.SingleAsync(o => o.Name == "Owner");
        var (id, email) = await app.AddUserAsync(media, Roles.Admin);
        var site = await app.Services.GetRequiredService<ScreenRegistry>()
            .RegisterSiteAsync($"Building {id:N}", "", "Asia/Seoul", Site.DefaultNotice, Sample.Consent);
        var before = site.Measurement;
        await using var page = await CircuitPage.OpenAsync<Buildings>(app, email);
        await page.SeesAsync($"[data-site='{site.Id}']");
        await page.View.InvokeAsync(() => page.View.FindAll("tr").Single(r => r.QuerySelector($"[data-site='{site.Id}']") is not null)
            .QuerySelector("[data-do=measurement]")!.Change(!before));
        await page.SeesAsync(".mud-dialog [data-do=confirm]");
        await using (var scope = app.Services.CreateAsyncScope())
        {
            Assert.Null(await scope.ServiceProvider.GetRequiredService<Members>()
                .ChangeRoleAsync(await app.ViewerAsync(PeopleFixture.Admin), id, Roles.MediaAnalyst));
        }
        await page.PressAsync(".mud-dialog [data-do=confirm]");
        await page.SeesAsync(".mud-snackbar");
        Assert.False(await page.IsSignedInAsync());
        Assert.Equal(before, await db.Sites.Where(s => s.Id == site.Id).Select(s => s.Measurement).SingleAsync());
    }

    private async Task<string> RoleAsync(Guid user)
    {
        await using var db = app.NewContext();
        return (await db.UserRoles.Where(r => r.UserId == user).Join(db.Roles, r => r.RoleId, r => r.Id, (_, r) => r.Name).SingleAsync())!;
    }
}
