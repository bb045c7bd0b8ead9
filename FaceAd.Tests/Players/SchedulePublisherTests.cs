using FaceAd.Core.Offline;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Decisions;
using FaceAd.Web.Players;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Players;

public sealed class SchedulePublisherTests(SiteFixture app) : IClassFixture<SiteFixture>
{
    [Fact]
    public async Task RunCycle_ScreenConnects_GetsSealedSlicesOnceAndAnewWhenTheCampaignsChange()
    {
        var (publisher, snapshots, seals) = (app.Services.GetRequiredService<SchedulePublisher>(),
            app.Services.GetRequiredService<SnapshotReader>(), app.Services.GetRequiredService<DecisionSeals>());
        var screenId = app.Server.Screen.Id;
        await using var screen = await ScreenConnection.OpenAsync(app, app.Server.Token);
        var schedule = await Wait.NextAsync(screen.Schedules.Reader);
        Assert.Equal(seals.PlayKey(screenId), schedule.PlayKey);
        var offer = Assert.Single(schedule.Offers);
        var tickets = offer.Tickets;
        Assert.Equal(app.Campaign.Id, offer.Terms?.Campaign);
        Assert.InRange(offer.Terms!.BidKrw, 1e-6, double.MaxValue);
        Assert.All(tickets, t => Assert.Equal(
            (app.Creative.Id, OfflineSlice.In(t.DecisionId)), (t.CreativeId, seals.SliceOf(t.DecisionId, screenId, app.Creative.Id))));
        var now = TimeProvider.System.GetUtcNow();
        Assert.Contains(tickets, t => OfflineSlice.In(t.DecisionId) is { } s && s.From <= now && now < s.Until);
        Assert.All(tickets, t => Assert.True(OfflineSlice.In(t.DecisionId)!.Value.Until <= now + OfflineSchedule.Reach));

        // Delivery goes on, and nothing is composed for it.
        await using var db = app.NewContext();
        for (var i = 0; i < 3; i++)
        {
            await db.CampaignTotals.ExecuteUpdateAsync(s => s.SetProperty(t => t.Impressions, t => t.Impressions + 1));
            await snapshots.RefreshAsync();
            Assert.Equal(0, publisher.RunCycle());
        }

        await db.Campaigns.Where(c => c.Id == app.Campaign.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CampaignState.Paused));
        await snapshots.RefreshAsync();
        publisher.RunCycle();
        Assert.Empty((await Wait.NextAsync(screen.Schedules.Reader)).Offers);
        Assert.False(screen.Schedules.Reader.TryRead(out _));
    }
}
