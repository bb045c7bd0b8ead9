using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Decisions;
using FaceAd.Web.Players;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Players;

public sealed class ProgrammePublisherTests(SiteFixture app) : IClassFixture<SiteFixture>
{
    [Fact]
    public async Task RunCycle_NewSnapshotWithTheSameCreatives_ComposesNothing()
    {
        var (publisher, snapshots) =
            (app.Services.GetRequiredService<ProgrammePublisher>(), app.Services.GetRequiredService<SnapshotReader>());
        await using var screen = await ScreenConnection.OpenAsync(app, app.Server.Token);
        await Wait.NextAsync(screen.Programmes.Reader);
        await Wait.UntilAsync(() => publisher.RunCycle() == 0, "the programme is of the creatives that there are");
        await using var db = app.NewContext();
        for (var i = 0; i < 3; i++)
        {
            await db.CampaignTotals.ExecuteUpdateAsync(s => s.SetProperty(t => t.Impressions, t => t.Impressions + 1));
            await snapshots.RefreshAsync();
            Assert.Equal(0, publisher.RunCycle());
        }

        await db.Creatives.Where(c => c.Id == app.Creative.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.Name, "Renamed"));
        await snapshots.RefreshAsync();
        publisher.RunCycle();
        await Wait.ForAsync(
            screen.Programmes.Reader, p => p.Creatives.Any(c => c.Name == "Renamed"), "the screen is told of the new name");
    }
}
