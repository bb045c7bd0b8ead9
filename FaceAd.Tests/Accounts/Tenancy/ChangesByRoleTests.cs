using System.Net;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Screens;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Accounts.Tenancy;

/// <summary>Who changes what, as the services themselves decide it, whatever the pages offer.</summary>
public sealed class ChangesByRoleTests(TenancyFixture app) : IClassFixture<TenancyFixture>
{
    [Theory]
    [InlineData(RolesFixture.Analyst, false)]
    [InlineData(RolesFixture.OtherAnalyst, false)]
    [InlineData(RolesFixture.OtherMember, false)]
    [InlineData(RolesFixture.OtherOwner, false)]
    [InlineData(RolesFixture.MediaAnalyst, false)]
    [InlineData(RolesFixture.Member, true)]
    [InlineData(RolesFixture.Owner, true)]
    [InlineData(PeopleFixture.Admin, true)]
    public async Task Campaign_ChangedByEverybody_ChangesForItsOwnPeopleOnly(string email, bool may)
    {
        var (campaign, _) = await app.FilledAsync();
        var viewer = await app.ViewerAsync(email);
        var service = app.Services.GetRequiredService<CampaignService>();
        var terms = CampaignDraft.Of(campaign);
        terms.Name = "Changed";
        Assert.Equal(may, (await service.ChangeAsync(viewer, campaign.Id, terms, campaign.StartsOn)).Campaign is not null);
        var sees = await service.FindAsync(await app.ViewerAsync(PeopleFixture.Admin), campaign.Id);
        Assert.Equal(may ? "Changed" : campaign.Name, sees!.Name);
        Assert.Equal(may, await service.RemoveCreativeAsync(viewer, campaign.Id, sees.Creatives.Single().Id));
        using var visitor = await app.SignInAsync(email);
        using var upload = viewer.CanChange
            ? await visitor.UploadAsync(campaign.Id, new ByteArrayContent([1, 2, 3]), "video.mp4")
            : await visitor.Http.PostAsync($"api/campaigns/{campaign.Id}/creatives?name=f", null);
        Assert.Equal(may ? HttpStatusCode.UnprocessableEntity : viewer.CanChange
            ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden, upload.StatusCode);
        Assert.Equal(may, await service.DeleteAsync(viewer, campaign.Id, campaign.StartsOn));
    }

    [Theory]
    [InlineData(RolesFixture.Analyst)]
    [InlineData(RolesFixture.MediaAnalyst)]
    public async Task Analyst_AnythingThatChanges_IsRefusedInTheTransaction(string email)
    {
        var (campaign, _) = await app.FilledAsync(CampaignState.Submitted);
        var viewer = await app.ViewerAsync(email);
        var service = app.Services.GetRequiredService<CampaignService>();
        var (registry, consents) = (app.Services.GetRequiredService<ScreenRegistry>(), app.Services.GetRequiredService<SiteConsents>());
        var site = await registry.RegisterSiteAsync($"Site {Guid.NewGuid():N}", "", "Asia/Seoul", "Notice");
        var (screen, token) = await registry.RegisterAsync(site.Id, "A", InferenceMode.Server);
        Assert.Null(await service.StepAsync(viewer, campaign.Id, CampaignAction.Approve));
        Assert.Null(await service.StepAsync(viewer, campaign.Id, CampaignAction.Revise));
        Func<Task>[] changes =
        [
            () => service.CreateAsync(viewer, CampaignDraft.Of(campaign), campaign.StartsOn),
            () => registry.RegisterSiteAsync("Theirs", "", "Asia/Seoul", "Notice", by: viewer),
            () => registry.RegisterAsync(site.Id, "B", InferenceMode.Server, viewer),
            () => registry.RevokeAsync(screen.Id, viewer),
            () => registry.RenewTokenAsync(screen.Id, viewer),
            () => registry.SetModeAsync(screen.Id, InferenceMode.Device, viewer),
            () => consents.RecordAsync(site.Id, "Resolution", viewer),
            () => consents.SetNoticeAsync(site.Id, "Other", viewer),
        ];
        foreach (var change in changes) await Assert.ThrowsAsync<UnauthorizedAccessException>(change);
        Assert.NotNull(app.Services.GetRequiredService<ScreenDirectory>().FindByToken(token));
        Assert.Equal(CampaignState.Submitted, (await service.FindAsync(await app.ViewerAsync(PeopleFixture.Admin), campaign.Id))!.State);
    }
}
