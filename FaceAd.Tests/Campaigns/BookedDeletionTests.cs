using System.Net;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Campaigns;

/// <summary>What was billed stays with whom it was billed by.</summary>
public sealed class BookedDeletionTests(PeopleFixture app) : IClassFixture<PeopleFixture>
{
    private static readonly Viewer Admin = new(Guid.NewGuid(), IsMediaOwner: true);
    private static readonly DateOnly Today = Sample.Calendar.DayOf(TimeProvider.System.GetUtcNow());

    private T Service<T>() where T : notnull => app.Services.GetRequiredService<T>();

    private Viewer Owner => new(app.First.Id, false);

    [Fact]
    public async Task Delete_BookedCampaign_StaysWithTheMediaOwnerOnEveryRoute()
    {
        var (service, finder) = (Service<CampaignService>(), Service<CampaignFinder>());
        var booked = await app.AddCampaignAsync(app.First, CampaignState.Paused);
        await Service<CampaignComments>().WriteAsync(Owner, booked.Id, "The last word");
        Assert.False(await service.DeleteAsync(Admin, booked.Id, Today));
        Assert.True(await service.DeleteAsync(Owner, booked.Id, Today));
        Assert.NotNull((await service.FindAsync(Admin, booked.Id))!.DeletedAt);
        Assert.Contains((await finder.ReadAsync(Admin, new(), Today, 500)).Campaigns, c => c.Id == booked.Id);
        Assert.Single(await Service<CampaignComments>().ListAsync(Admin, booked.Id));
        Assert.DoesNotContain(await service.ListDeletedAsync(Admin), c => c.Id == booked.Id);
        Assert.Contains(await service.ListDeletedAsync(Owner), c => c.Id == booked.Id);
        Assert.Empty(await Service<CampaignComments>().ListAsync(Owner, booked.Id));
        Assert.Equal(HttpStatusCode.NotFound, await ReportAsync(PeopleFixture.One));
        Assert.Equal(HttpStatusCode.OK, await ReportAsync(PeopleFixture.Admin));

        // Nobody changes what its advertiser has given up.
        Assert.NotEqual(true, (await service.StepAsync(Admin, booked.Id, CampaignAction.Resume))?.Happened);
        Assert.Equal(CampaignState.Paused, (await service.FindAsync(Admin, booked.Id))!.State);

        var draft = await app.AddCampaignAsync(app.First);
        Assert.True(await service.DeleteAsync(Owner, draft.Id, Today));
        Assert.Null(await service.FindAsync(Admin, draft.Id));
        Assert.Contains(await service.ListDeletedAsync(Admin), c => c.Id == draft.Id);

        async Task<HttpStatusCode> ReportAsync(string who)
        {
            using var visitor = await app.SignInAsync(who);
            return (await visitor.Http.GetAsync($"campaigns/{booked.Id}/report/timeline.csv")).StatusCode;
        }
    }
}
