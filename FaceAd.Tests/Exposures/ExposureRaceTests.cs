using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Data;

namespace FaceAd.Tests.Exposures;

/// <summary>Reports that are committed while exposures are being brought up to date.</summary>
public sealed class ExposureRaceTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Update_PersonsSegmentBecomesKnownWhileItWaitsForThePresence_CountsTheNewSegment()
    {
        await using var db = _database.Contexts.CreateDbContext();
        await using var facts = new Facts(_database, new SetClock(Sample.Noon.AddDays(1)));
        var (_, _, screen, _) = await Sample.AddSiteAsync(db);
        var viewer = Sample.Viewer(Segment.Men2030, Sample.Noon, Sample.Noon.AddSeconds(30), inView: false,
            views: [Sample.Face(1, 0.3, 1), Sample.Face(1, 0.3, 2)]);
        await facts.SeeAsync(
            screen, Sample.Report(Guid.NewGuid(), 1, Sample.Noon, Sample.Noon.AddSeconds(30), AudienceState.Closed, viewer));
        Assert.Single(db.Persons);

        await using var report = await _database.Source.OpenConnectionAsync();
        await using var transaction = await report.BeginTransactionAsync();
        await report.ExecuteAsync("UPDATE persons SET segment = $1", [(int)Segment.Silver], default);
        await report.ExecuteAsync("UPDATE presences SET exposures_due = true", [], default);
        var update = Task.Run(facts.UpdateExposuresAsync);
        await Wait.UntilLockedAsync(_database.Source);
        Assert.False(update.IsCompleted);
        await transaction.CommitAsync();
        await update;
        await facts.UpdateExposuresAsync();

        Assert.Empty(await facts.Auditor.CompareAsync());
    }
}
