using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Cluster;
using FaceAd.Web.Decisions;
using FaceAd.Web.Metrics.Rollups;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Metrics;

/// <summary>The rebuild finds every kind of wrong row, and repairs it.</summary>
public sealed class RollupAuditorTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    /// <summary>A column that is in the table only would be neither written nor compared.</summary>
    [Fact]
    public async Task Definition_EveryRollup_HasTheColumnsOfItsEntity()
    {
        await using var db = _database.Contexts.CreateDbContext();
        foreach (var shape in RollupDefinition.All.Select(d => d.Shape))
        {
            var entity = db.Model.GetEntityTypes().Single(e => e.GetTableName() == shape.Table);
            Assert.Equal(entity.FindPrimaryKey()!.Properties.Select(p => p.GetColumnName()), shape.Keys);
            var others = entity.GetProperties().Where(p => !p.IsPrimaryKey()).Select(p => p.GetColumnName());
            Assert.Equal(others.Except(["last_play_at"]).Order(), shape.Sums.Order()); // the latest play is no sum
        }
    }

    [Fact]
    public async Task Rebuild_RowsChangedLostAndInvented_AreFoundAndPutRight()
    {
        await using var db = _database.Contexts.CreateDbContext();
        await using var facts = new Facts(_database, new SetClock(Sample.Noon.AddDays(3)));
        var (_, advertiser, a, b) = await Sample.AddSiteAsync(db);
        var (campaign, creative) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030]);
        for (var i = 0; i < 6; i++)
        {
            var (screen, from) = (i % 2 == 0 ? a : b, Sample.Noon.AddMinutes(i).AddDays(i % 3));
            var viewer = Sample.Viewer(Segment.Men2030, from, from.AddSeconds(30), inView: false,
                views: [Sample.Face(i % 4, 0.3, i), Sample.Face(i % 4, 0.3, 9 + i)]);
            await facts.SeeAsync(screen, Sample.Report(Guid.NewGuid(), 1, from, from.AddSeconds(30), AudienceState.Closed, viewer));
            await facts.PlayAsync(screen, new PlayReport
            {
                PlayId = Guid.NewGuid(),
                CreativeId = creative.Id,
                StartedAt = from,
                EndedAt = from.AddSeconds(10),
                End = PlayEnd.Completed,
                Measured = true,
                FramesPresented = 240,
            });
        }
        await facts.UpdateExposuresAsync();
        await DecideAsync(a, campaign.Id);
        Assert.Empty(await facts.Auditor.CompareAsync());
        var before = await facts.Metrics.ReadAsync(campaign.Id);
        Assert.Equal(6, before.Impressions);

        foreach (var rollup in RollupDefinition.All)
        {
            var sum = rollup.Sums[0];
#pragma warning disable EF1002 // names of our own tables
            Assert.True(await db.Database.ExecuteSqlRawAsync($"UPDATE {rollup.Table} SET {sum} = {sum} + 1") > 0,
                $"{rollup.Table} is empty: this test shows nothing");
            Assert.Contains(await facts.Auditor.CompareAsync(), d => d.Table == rollup.Table);
            await facts.Auditor.RebuildAsync();
            Assert.Empty(await facts.Auditor.CompareAsync());

            await db.Database.ExecuteSqlRawAsync($"DELETE FROM {rollup.Table} WHERE ctid IN (SELECT ctid FROM {rollup.Table} LIMIT 1)");
            Assert.Contains(await facts.Auditor.CompareAsync(), d => d.Table == rollup.Table);
            await facts.Auditor.RebuildAsync();
            Assert.Empty(await facts.Auditor.CompareAsync());
        }
        var invented = await db.Database.ExecuteSqlRawAsync(
            $"INSERT INTO exposure_minutes (campaign_id, minute, impressions, reached) VALUES ('{campaign.Id}', '2026-03-11', 7, 1)");
#pragma warning restore EF1002
        Assert.Equal(1, invented);
        Assert.Single(await facts.Auditor.CompareAsync());
        Assert.Equal(1, await facts.Auditor.RebuildAsync());
        Assert.Empty(await facts.Auditor.CompareAsync());
        var after = await facts.Metrics.ReadAsync(campaign.Id);
        Assert.Equal((before.Reached, before.Universe, before.Frequency, before.CpmKrw),
            (after.Reached, after.Universe, after.Frequency, after.CpmKrw));
        Assert.Equal(before.Timeline, after.Timeline);
    }

    private async Task DecideAsync(ScreenEntry screen, Guid campaign)
    {
        using var screens = new ScreenDirectory(
            _database.Contexts,
            new(new DirectConnections(_database.ConnectionString), TimeProvider.System, NullLogger<NewsListener>.Instance),
            TimeProvider.System, NullLogger<ScreenDirectory>.Instance);
        await screens.RefreshAsync();
        using var writer = new DecisionWriter(_database.Contexts, screens, TimeProvider.System, NullLogger<DecisionWriter>.Instance);
        writer.Write(new Decision
        {
            Id = Guid.CreateVersion7(),
            ScreenId = screen.Id,
            At = Sample.Noon,
            Trigger = DecisionTrigger.AudienceChanged,
            Viewers = 1,
            Dominant = Segment.Men2030,
            Reason = DecisionReason.Targeted,
            CampaignId = campaign,
            Candidates = 1,
        });
        await writer.RunCycleAsync(default);
    }
}
