using Bunit;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Components.Pages.Admin;
using FaceAd.Web.Components.Pages.Admin.Review;
using FaceAd.Web.Components.Pages.Admin.Sites;
using FaceAd.Web.Components.Pages.Creatives;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using PrivacyPage = FaceAd.Web.Components.Pages.Admin.Oversight.Privacy;

namespace FaceAd.Tests.Components.People;

/// <summary>A page stays open while its user's role is taken away: what is pressed then does nothing, and says so.</summary>
public sealed class RightsTakenAwayTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Reject_RoleTakenAwayMeanwhile_LeavesTheCampaignSubmitted()
    {
        var campaign = await SubmittedAsync();
        await ActAsync<Approvals>(async (page, demote) =>
        {
            await page.PressAsync("[data-do=reject]");
            await page.PressAsync(".mud-dialog [data-template='1']");
            await page.View.WaitForStateAsync(() => page.View.Find(".mud-dialog textarea[name=reason]").TextContent.Length > 0, Wait.Limit);
            await demote();
            await page.SubmitAsync();
        });
        await using var db = app.NewContext();
        Assert.Equal(CampaignState.Submitted, (await db.Campaigns.SingleAsync(c => c.Id == campaign.Id)).State);
    }

    [Fact]
    public async Task Comment_RoleTakenAwayMeanwhile_IsNotWritten()
    {
        var campaign = await SubmittedAsync();
        await ActAsync<CommentThread>(
            async (page, demote) =>
            {
                await page.SeesAsync("[name=comment]");
                await page.View.InvokeAsync(() => page.View.Find("[name=comment]").Input("One word more"));
                await demote();
                await page.View.InvokeAsync(() => page.View.Find("form").SubmitAsync());
            },
            ("CampaignId", campaign.Id), ("Viewer", await app.ViewerAsync(PeopleFixture.Admin)));
        await using var db = app.NewContext();
        Assert.False(await db.Set<CampaignComment>().AnyAsync(c => c.CampaignId == campaign.Id));
    }

    [Fact]
    public async Task DeleteGroup_RoleTakenAwayMeanwhile_KeepsTheGroup()
    {
        await using var db = app.NewContext();
        SiteGroup group = new() { Name = "Towers", SiteIds = [await db.Sites.Select(s => s.Id).FirstAsync()], CreatedAt = Now };
        db.Add(group);
        await db.SaveChangesAsync();
        await ActAsync<SiteGroupsPage>(async (page, demote) =>
        {
            await page.PressAsync("[data-group=Towers] [data-do=delete-group]");
            await page.SeesAsync(".mud-dialog [data-do=confirm]");
            await demote();
            await page.PressAsync(".mud-dialog [data-do=confirm]");
        });
        Assert.True(await db.Set<SiteGroup>().AnyAsync(g => g.Id == group.Id));
    }

    [Fact]
    public async Task RemoveFromHouseLoop_RoleTakenAwayMeanwhile_KeepsTheCreative()
    {
        await using var db = app.NewContext();
        Creative creative = new()
        {
            OrganisationId = (await app.ViewerAsync(PeopleFixture.Admin)).OrganisationId,
            Name = "House",
            Sha256 = new string('a', 64),
            Bytes = 1,
            Seconds = 10,
            Width = 640,
            Height = 360,
            CreatedAt = Now,
        };
        db.Add(creative);
        await db.SaveChangesAsync();
        await ActAsync<HouseLoopPage>(async (page, demote) =>
        {
            await page.SeesAsync("[data-creative=House] [data-do=remove]");
            await demote();
            await page.PressAsync("[data-creative=House] [data-do=remove]");
        });
        Assert.True(await db.Creatives.AnyAsync(c => c.Id == creative.Id && c.State == CreativeState.Current));
    }

    [Fact]
    public async Task Erase_RoleTakenAwayMeanwhile_ErasesNobodyAndAuditsNothing()
    {
        var site = await app.Services.GetRequiredService<ScreenRegistry>()
            .RegisterSiteAsync("Kept", "", "Asia/Seoul", Site.DefaultNotice, Sample.Consent);
        await ActAsync<PrivacyPage>(async (page, demote) =>
        {
            await page.PressAsync($"[data-site='{site.Id}'] [data-do=erase]");
            await page.SeesAsync(".mud-dialog [data-do=confirm]");
            await demote();
            await page.PressAsync(".mud-dialog [data-do=confirm]");
        });
        await using var db = app.NewContext();
        Assert.False(await db.Set<AuditEntry>().AnyAsync(e => e.Verb == AuditVerb.ErasureAsked && e.SubjectId == site.Id));
    }

    // Opens a page as an administrator who acts after having become an analyst.
    private async Task ActAsync<TPage>(Func<CircuitPage, Func<Task>, Task> act, params (string Name, object Value)[] parameters)
        where TPage : IComponent
    {
        await using var db = app.NewContext();
        var (id, email) = await app.AddUserAsync(await db.Organisations.SingleAsync(o => o.Name == "Owner"), Roles.Admin);
        await using var page = await CircuitPage.OpenAsync<TPage>(app, email, parameters);
        await act(page, async () =>
        {
            await using var scope = app.Services.CreateAsyncScope();
            Assert.Null(await scope.ServiceProvider.GetRequiredService<Members>()
                .ChangeRoleAsync(await app.ViewerAsync(PeopleFixture.Admin), id, Roles.MediaAnalyst));
        });
        await page.SeesAsync(".mud-snackbar");
        Assert.Contains("You don't have permission to do this.", page.View.Find(".mud-snackbar").TextContent, StringComparison.Ordinal);
        Assert.False(await page.IsSignedInAsync());
    }

    private async Task<Campaign> SubmittedAsync()
    {
        var campaign = await app.AddCampaignAsync(app.First, CampaignState.Submitted);
        await using var db = app.NewContext();
        await db.Campaigns.Where(c => c.Id == campaign.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.SubmittedAt, Now));
        return campaign;
    }
}
