using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Exposures;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Tests.Exposures;

public sealed class ExposureConnectionTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Update_FirstPlayOfADay_NeedsOneConnectionOnly()
    {
        await using var db = _database.Contexts.CreateDbContext();
        await using var facts = new Facts(_database, new SetClock(Sample.Noon.AddMinutes(1)));
        var (_, advertiser, screen, _) = await Sample.AddSiteAsync(db);
        var (campaign, creative) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030]);
        var viewer = Sample.Viewer(Segment.Men2030, Sample.Noon, Sample.Noon.AddSeconds(10), inView: false);
        await facts.SeeAsync(screen, Sample.Report(Guid.NewGuid(), 1, Sample.Noon, viewer.To, AudienceState.Closed, viewer));
        await facts.PlayAsync(screen, new PlayReport
        {
            PlayId = Guid.NewGuid(),
            CreativeId = creative.Id,
            StartedAt = Sample.Noon,
            EndedAt = Sample.Noon.AddSeconds(10),
            End = PlayEnd.Completed,
            Measured = true,
            FramesPresented = 10,
        });

        await using var one = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(_database.ConnectionString) { MaxPoolSize = 1 });
        var store = new ExposureStore(one, new ExposurePartitions());
        var site = Assert.Single(await store.FindDueSitesAsync(default));
        var (campaigns, _, more) = await store.UpdateAsync(site, ExposureCalculator.DefaultThreshold, default);

        Assert.Equal(campaign.Id, Assert.Single(campaigns));
        Assert.False(more);
        Assert.Equal(1, await db.Exposures.CountAsync());
        Assert.Empty(await facts.Auditor.CompareAsync());
    }
}
