using System.Net;
using System.Text;
using FaceAd.Core;
using FaceAd.Tests.Api;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Views;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Campaigns.Requests;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Campaigns;

/// <summary>Texts that people type: those of which nothing is seen are none, and one text is one however it was typed.</summary>
public sealed class TypedTextTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    public static TheoryData<string> Blanks => [" ", "\u200B\u200B", "\u3164", "\u2800 \u00AD"];

    private T Service<T>() where T : notnull => app.Services.GetRequiredService<T>();

    [Theory]
    [MemberData(nameof(Blanks))]
    public async Task Services_BlankText_IsRefused(string blank)
    {
        var (owner, admin) = (await app.ViewerAsync(RolesFixture.Owner), await app.ViewerAsync(PeopleFixture.Admin));
        var (campaign, site) = (await app.AddCampaignAsync(app.First), await SiteAsync());
        Assert.Equal(
            GroupRefusal.NameMissing,
            await Service<SiteGroups>().SaveAsync(admin, null, blank, [site], DateOnly.FromDateTime(DateTime.UnixEpoch)));
        Assert.Equal(SavedViewProblem.Name, await Service<SavedViews>().SaveAsync(owner, SavedList.Audit, blank, ""));
        Assert.False(await Service<CampaignComments>().WriteAsync(owner, campaign.Id, blank));
        await Assert.ThrowsAsync<ArgumentException>(() => Service<ChangeRequests>().DeclineAsync(admin, Guid.NewGuid(), blank));
        await Assert.ThrowsAsync<ArgumentException>(
            () => Service<CampaignService>().DuplicateAsync(owner, campaign.Id, blank, campaign.StartsOn));
        var registry = Service<ScreenRegistry>();
        await Assert.ThrowsAsync<ArgumentException>(() => registry.RegisterAsync(site, blank, InferenceMode.Device, admin));
        await Assert.ThrowsAsync<ArgumentException>(() => registry.RenameAsync(Guid.NewGuid(), blank, admin));
        await Assert.ThrowsAsync<ArgumentException>(() => registry.RegisterSiteAsync(blank, "", "Asia/Seoul", "", null, admin));
        await Assert.ThrowsAsync<ArgumentException>(() => Service<SiteConsents>().RecordAsync(site, blank, admin));
        Assert.Null(AccountRules.Name(blank));
    }

    [Theory]
    [MemberData(nameof(Blanks))]
    public async Task Site_BlankAddressAndNotice_HasNone(string blank)
    {
        var admin = await app.ViewerAsync(PeopleFixture.Admin);
        var registry = Service<ScreenRegistry>();
        var site = await registry.RegisterSiteAsync($"Tower {Guid.NewGuid():N}", blank, "Asia/Seoul", blank, blank, admin);
        Assert.Equal(("", "", null), (site.Address, site.Notice, site.ConsentReference));
        await registry.ChangeSiteAsync(site.Id, site.Name, blank, site.TimeZone, admin);
        await Service<SitePlaces>().SetAsync(admin, site.Id, blank, null);
        await Service<SiteConsents>().SetNoticeAsync(site.Id, blank, admin);
        await using var db = app.NewContext();
        var stored = await db.Sites.AsNoTracking().SingleAsync(s => s.Id == site.Id);
        Assert.Equal(("", ""), (stored.Address, stored.Notice));
    }

    [Theory]
    [MemberData(nameof(Blanks))]
    public async Task Search_BlankText_IsNoFilter(string blank)
    {
        Assert.Null(Sql.Pattern(blank));
        await app.AddCampaignAsync(app.First);
        using var owner = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        Assert.NotEqual(
            0, (await owner.GetAsync("campaigns?search=" + Uri.EscapeDataString(blank))).GetProperty("items").GetArrayLength());
    }

    [Theory]
    [MemberData(nameof(Blanks))]
    public async Task Api_BlankName_IsRefused(string blank)
    {
        using var admin = await ApiCaller.OfAsync(app, PeopleFixture.Admin);
        await admin.RefusedAsync(
            HttpStatusCode.UnprocessableEntity, HttpMethod.Post, "groups", new { name = blank, siteIds = new[] { await SiteAsync() } });
    }

    // As macOS sends names, in single letters and marks.
    [Fact]
    public async Task Names_SentInPieces_AreTheOnesThatAreThere()
    {
        var (organisation, _, email) = await app.AddOrganisationAsync();
        var name = $"고기 café {Guid.NewGuid():N}";
        var pieces = name.Normalize(NormalizationForm.FormD);
        await using var db = app.NewContext();
        await db.Organisations.Where(o => o.Id == organisation.Id).ExecuteUpdateAsync(s => s.SetProperty(o => o.Name, name));
        using var owner = await ApiCaller.OfAsync(app, email);
        var changed = await owner.PutAsync("organisation", new { name = pieces, requiresTwoFactor = false });
        Assert.Equal(name, changed.GetProperty("name").GetString());
        Assert.Equal(0, await db.AuditEntries.CountAsync(e => e.SubjectId == organisation.Id && e.Verb == AuditVerb.OrganisationRenamed));

        using var admin = await ApiCaller.OfAsync(app, PeopleFixture.Admin);
        var site = await Service<ScreenRegistry>().RegisterSiteAsync(pieces, "", "Asia/Seoul", "");
        await admin.PostAsync($"sites/{site.Id}/erasure", new { confirm = pieces }, HttpStatusCode.OK);
    }

    private async Task<Guid> SiteAsync()
    {
        await using var db = app.NewContext();
        return await db.Sites.OrderBy(s => s.CreatedAt).Select(s => s.Id).FirstAsync();
    }
}
