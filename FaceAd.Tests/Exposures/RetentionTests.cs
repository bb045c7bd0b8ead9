using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Audiences;
using FaceAd.Web.Data;
using FaceAd.Web.Exposures;
using FaceAd.Web.Plays;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Exposures;

public sealed class RetentionTests : IAsyncLifetime
{
    private readonly SetClock _clock = new(Sample.Noon);
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task RunCycle_OldAndNewFacts_OldOnesGoAndTheMarkSaysSo()
    {
        await using var facts = new Facts(_database, _clock);
        await using var db = _database.Contexts.CreateDbContext();
        var (_, advertiser, screen, _) = await Sample.AddSiteAsync(db);
        var (_, creative) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030]);
        var partitions = new ExposurePartitions();
        foreach (var day in new[] { 0, 40 })
        {
            var at = Sample.Noon.AddDays(day);
            _clock.Now = at;
            var viewer = Sample.Viewer(Segment.Men2030, at, at.AddSeconds(10), inView: false);
            await facts.SeeAsync(screen, Sample.Report(Guid.NewGuid(), 1, at, viewer.To, AudienceState.Closed, viewer));
            await facts.PlayAsync(screen, new PlayReport
            {
                PlayId = Guid.NewGuid(),
                CreativeId = creative.Id,
                StartedAt = at,
                EndedAt = at.AddSeconds(10),
                End = PlayEnd.Completed,
                Measured = true,
                FramesPresented = 10,
            });
            await facts.UpdateExposuresAsync();
        }
        Assert.Equal((2, 2), (await db.Exposures.CountAsync(), await db.Presences.CountAsync()));
        foreach (var day in new[] { -60, 0 }) Dispute(db, screen.Id, creative.Id, Sample.Noon.AddDays(day));
        await db.SaveChangesAsync();
        var retention = new Retention(
            _database.Source, partitions, PrivacyTerms.Default with { RawDays = 36 }, _clock, NullLogger<Retention>.Instance);

        // Noon of 10 March in Seoul is still raw for 36 days, and two more for time zones.
        _clock.Now = Sample.Noon.AddDays(37);
        Assert.Equal(0, (await retention.RunCycleAsync(default))!.ExposureDays);
        _clock.Now = Sample.Noon.AddDays(40);
        var mark = (await retention.RunCycleAsync(default))!;

        Assert.Equal((new DateOnly(2026, 3, 12), 1, 1L, 1L), (mark.Day, mark.ExposureDays, mark.Presences, mark.Audiences));
        Assert.Equal(Sample.Noon.AddDays(40), (await db.Presences.AsNoTracking().SingleAsync()).From);
        Assert.Equal(new DateOnly(2026, 4, 19), (await db.Exposures.AsNoTracking().SingleAsync()).Day);
        Assert.Equal(1, await db.Audiences.CountAsync());
        Assert.Equal(2, await db.Plays.CountAsync());
        Assert.Equal(Sample.Noon, (await db.Set<DisputedPlay>().AsNoTracking().SingleAsync()).ReceivedAt); // 90 days
        Assert.Equal(new DateOnly(2026, 3, 10), (await db.Set<DisputedPlayDay>().AsNoTracking().SingleAsync()).Day);
        var stored = await db.RetentionMarks.AsNoTracking().OrderBy(m => m.Day).LastAsync();
        Assert.Equal((mark.Day, mark.ExposureDays, mark.Presences), (stored.Day, stored.ExposureDays, stored.Presences));
        Assert.NotNull(stored.DoneAt);
        Assert.Null(await retention.RunCycleAsync(default)); // once a day
        await using var connection = await _database.Source.OpenConnectionAsync();
        await partitions.EnsureAsync(connection, new DateOnly(2026, 3, 10), default); // a dropped day can be made again
    }

    [Theory]
    [InlineData("exposures_20260310", "2026-03-10")]
    [InlineData("exposures_default", null)]
    [InlineData("exposure_days", null)]
    [InlineData("exposures_2026031", null)]
    public void DayOf_NameOfATable_IsADayForPartitionsOnly(string name, string? day) =>
        Assert.Equal(day is null ? null : DateOnly.Parse(day, null), ExposurePartitions.DayOf(name));

    private static void Dispute(FaceAdDbContext db, Guid screen, Guid creative, DateTimeOffset at) => db.AddRange(
        new DisputedPlay
        {
            ScreenId = screen,
            Id = Guid.NewGuid(),
            Reason = DisputeReason.NoDecision,
            CreativeId = creative,
            StartedAt = at,
            EndedAt = at,
            End = PlayEnd.Failed,
            Measured = false,
            FramesPresented = 1,
            ReceivedAt = at,
        },
        new DisputedPlayDay
        {
            ScreenId = screen,
            Day = DateOnly.FromDateTime(at.UtcDateTime),
            Reason = DisputeReason.NoDecision,
            Plays = 1,
        });
}
