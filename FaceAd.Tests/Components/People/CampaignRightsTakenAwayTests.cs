using Bunit;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Components.Pages.Campaigns.Browse;
using FaceAd.Web.Components.Pages.Campaigns.Details;
using FaceAd.Web.Components.Pages.Campaigns.Form;
using FaceAd.Web.Components.Pages.Reports;
using FaceAd.Web.Metrics;
using FaceAd.Web.Reports;
using FaceAd.Web.Reports.Mailing;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Components.People;

/// <summary>
/// A campaign's pages stay open while its advertiser's role is taken away: what is pressed then does nothing, and says so.
/// </summary>
public sealed class CampaignRightsTakenAwayTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    [Fact]
    public async Task Pause_RoleTakenAwayMeanwhile_LetsTheCampaignRun()
    {
        var campaign = await app.AddCampaignAsync(app.First, CampaignState.Approved);
        await ActAsync<CampaignActions>(
            async (page, demote) =>
            {
                await page.SeesAsync("[data-do=pause]");
                await demote();
                await page.PressAsync("[data-do=pause]");
            },
            ("Campaign", campaign), ("Viewer", await app.ViewerAsync(RolesFixture.Member)));
        Assert.Equal(CampaignState.Approved, (await FindAsync(campaign)).State);
    }

    [Fact]
    public async Task Delete_RoleTakenAwayWhileItAsks_KeepsTheCampaign()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        await ActAsync<CampaignActions>(
            async (page, demote) =>
            {
                await page.PressAsync("[data-do=delete]");
                await page.SeesAsync(".mud-dialog [data-do=confirm]");
                await demote();
                await page.PressAsync(".mud-dialog [data-do=confirm]");
            },
            ("Campaign", campaign), ("Viewer", await app.ViewerAsync(RolesFixture.Member)));
        Assert.Null((await FindAsync(campaign)).DeletedAt);
    }

    [Fact]
    public async Task Save_RoleTakenAwayMeanwhile_ChangesNothing()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        await ActAsync<CampaignForm>(
            async (page, demote) =>
            {
                await page.SeesAsync("#name");
                await page.TypeAsync("#name", "Another name");
                await demote();
                await page.PressAsync("#save");
            },
            ("Id", campaign.Id));
        Assert.Equal("Campaign", (await FindAsync(campaign)).Name);
    }

    [Fact]
    public async Task Bulk_RoleTakenAwayAfterThePreview_ChangesNothing()
    {
        var campaign = await app.AddCampaignAsync(app.First, CampaignState.Approved);
        await ActAsync<BulkPanel>(
            async (page, demote) =>
            {
                await page.PressAsync("[data-bulk-action=Pause]");
                await page.PressAsync("[data-do=preview]");
                await page.SeesAsync("[data-taken]");
                await demote();
                await page.PressAsync("[data-do=apply]");
            },
            ("Picked", new[] { campaign.Id }));
        Assert.Equal(CampaignState.Approved, (await FindAsync(campaign)).State);
    }

    [Fact]
    public async Task Share_RoleTakenAwayMeanwhile_MakesNoLink()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        await ActAsync<DeletedCampaigns>(async (page, demote) =>
        {
            await page.ShowAsync<ShareDialog>(
                ("Query", new MetricsQuery(campaign.Id)), ("Viewer", await app.ViewerAsync(RolesFixture.Member)));
            await page.SeesAsync(".mud-dialog [data-do=share]");
            await demote();
            await page.SubmitAsync();
        });
        await using var db = app.NewContext();
        Assert.False(await db.Set<ReportLink>().AnyAsync(l => l.CampaignId == campaign.Id));
    }

    [Fact]
    public async Task Mailing_RoleTakenAwayMeanwhile_AddsNoRecipient()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        await ActAsync<DeletedCampaigns>(async (page, demote) =>
        {
            await page.ShowAsync<ReportMailDialog>(
                ("CampaignId", campaign.Id), ("Viewer", await app.ViewerAsync(RolesFixture.Member)));
            await page.SeesAsync(".mud-dialog [data-do=add-mailing]");
            await demote();
            await page.SubmitAsync();
        });
        await using var db = app.NewContext();
        Assert.False(await db.Set<ReportMailing>().AnyAsync(m => m.CampaignId == campaign.Id));
    }

    [Fact]
    public async Task Pause_SignedOutMeanwhile_LetsTheCampaignRunAndTheSignInPageSaysWhy()
    {
        var campaign = await app.AddCampaignAsync(app.First, CampaignState.Approved);
        var (id, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        await using var page = await CircuitPage.OpenAsync<CampaignActions>(
            app, email, ("Campaign", campaign), ("Viewer", await app.ViewerAsync(email)));
        await page.SeesAsync("[data-do=pause]");
        await app.Services.GetRequiredService<SessionService>().EndAllAsync(id);
        await page.PressAsync("[data-do=pause]");
        await page.SeesAsync(".floor-display");
        Assert.Equal(CampaignState.Approved, (await FindAsync(campaign)).State);

        using var visitor = new Visitor(app);
        var text = await visitor.Http.GetStringAsync(new Uri(page.Address).PathAndQuery);
        Assert.Contains("data-error=\"ended\"", text, StringComparison.Ordinal);
        Assert.Contains("your session was ended elsewhere or your account was changed", text, StringComparison.Ordinal);
    }

    // Opens a page as an advertiser who acts after having become an analyst.
    private async Task ActAsync<TPage>(Func<CircuitPage, Func<Task>, Task> act, params (string Name, object Value)[] parameters)
        where TPage : IComponent
    {
        var (id, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        await using var page = await CircuitPage.OpenAsync<TPage>(app, email, parameters);
        await act(page, async () =>
        {
            await using var scope = app.Services.CreateAsyncScope();
            Assert.Null(await scope.ServiceProvider.GetRequiredService<Members>()
                .ChangeRoleAsync(await app.ViewerAsync(RolesFixture.Owner), id, Roles.Analyst));
        });
        await page.SeesAsync(".mud-snackbar");
        Assert.Contains("You don't have permission to do this.", page.View.Find(".mud-snackbar").TextContent, StringComparison.Ordinal);
        Assert.False(await page.IsSignedInAsync());
    }

    private async Task<Campaign> FindAsync(Campaign campaign)
    {
        await using var db = app.NewContext();
        return await db.Campaigns.IgnoreQueryFilters().AsNoTracking().SingleAsync(c => c.Id == campaign.Id);
    }
}
