using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Cluster;
using FaceAd.Web.Decisions;
using FaceAd.Web.Metrics.Rollups;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Decisions;

public sealed class DecisionWriterTests
{
    [Fact]
    public async Task RunCycle_ACommitWhoseAnswerWasLost_DoesNotHoldUpWhatCameAfter()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var screens = Directory(database);
        using var writer = new DecisionWriter(database.Contexts, screens, TimeProvider.System, NullLogger<DecisionWriter>.Instance);
        var stored = New();
        await using (var before = database.Contexts.CreateDbContext())
        {
            before.Add(stored);
            await before.SaveChangesAsync();
        }
        writer.Write(stored);
        writer.Write(New());
        using var limit = new CancellationTokenSource(Wait.Limit);
        await writer.RunCycleAsync(limit.Token);
        await using var db = database.Contexts.CreateDbContext();
        Assert.Equal(2, await db.Decisions.CountAsync());
    }

    [Fact]
    public async Task RunCycle_SomeForAnyone_CountsTheSlotsByTheHourOnceAndNobodyElses()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var db = database.Contexts.CreateDbContext();
        var (site, _, a, b) = await Sample.AddSiteAsync(db);
        using var screens = Directory(database);
        await screens.RefreshAsync();
        using var writer = new DecisionWriter(database.Contexts, screens, TimeProvider.System, NullLogger<DecisionWriter>.Instance);
        var campaign = Guid.NewGuid();
        Decision[] decisions =
        [
            New(a.Id, campaign), New(a.Id, campaign), New(b.Id), New(a.Id, at: Sample.Noon.AddHours(1)),
            New(a.Id, viewers: 0), New(a.Id, campaign, reason: DecisionReason.ServerAway), New(Guid.NewGuid(), campaign),
        ];
        foreach (var decision in decisions) writer.Write(decision);
        await writer.RunCycleAsync(default);

        var hours = await db.Set<SlotHour>().AsNoTracking().OrderBy(h => h.Hour).ToListAsync();
        Assert.All(hours, h => Assert.Equal((site.Id, new DateOnly(2026, 3, 10)), (h.SiteId, h.Day)));
        Assert.Equal([((short)12, 3L, 2L), ((short)13, 1L, 0L)], hours.Select(h => (h.Hour, h.Slots, h.Filled)));
        Assert.Empty(await new RollupAuditor(database.Source).CompareAsync());
    }

    private static ScreenDirectory Directory(TestDatabase database) => new(
        database.Contexts, new(new DirectConnections(database.ConnectionString), TimeProvider.System, NullLogger<NewsListener>.Instance),
        TimeProvider.System, NullLogger<ScreenDirectory>.Instance);

    private static Decision New(
        Guid? screen = null, Guid? campaign = null, int viewers = 1, DateTimeOffset? at = null,
        DecisionReason reason = DecisionReason.Targeted) => new()
        {
            Id = Guid.CreateVersion7(),
            ScreenId = screen ?? Guid.NewGuid(),
            At = at ?? Sample.Noon,
            CampaignId = campaign,
            Trigger = DecisionTrigger.AudienceChanged,
            Viewers = viewers,
            Dominant = Segment.Men2030,
            Reason = reason,
            Candidates = 1,
        };
}
