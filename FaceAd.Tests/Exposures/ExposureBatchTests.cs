using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Exposures;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Exposures;

public sealed class ExposureBatchTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData(true)] // plays that find many presences
    [InlineData(false)] // presences that find many plays
    public async Task Update_RowsWithMorePairsThanEnough_AreSharedOutOverTransactions(bool presencesFirst)
    {
        const int viewers = 5, plays = 6, enough = 10;
        await using var db = _database.Contexts.CreateDbContext();
        await using var facts = new Facts(_database, new SetClock(Sample.Noon.AddHours(1)));
        var (_, advertiser, screen, _) = await Sample.AddSiteAsync(db);
        var (campaign, creative) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030]);
        var until = Sample.Noon.AddSeconds(plays * 10);
        var seen = Sample.Report(Guid.NewGuid(), 1, Sample.Noon, until, AudienceState.Closed,
            [.. Enumerable.Range(1, viewers).Select(i => Sample.Viewer(
                Segment.Men2030, Sample.Noon, until, i, inView: false, views: [Sample.Face(i, 0.3, 1), Sample.Face(i, 0.3, 2)]))]);
        var played = Enumerable.Range(0, plays).Select(i => new PlayReport
        {
            PlayId = Guid.NewGuid(),
            CreativeId = creative.Id,
            StartedAt = Sample.Noon.AddSeconds(i * 10),
            EndedAt = Sample.Noon.AddSeconds((i + 1) * 10),
            End = PlayEnd.Completed,
            Measured = true,
            FramesPresented = 10,
        }).ToArray();
        if (presencesFirst) await facts.SeeAsync(screen, seen);
        else await facts.PlayAsync(screen, played);
        await facts.UpdateExposuresAsync();
        if (presencesFirst) await facts.PlayAsync(screen, played);
        else await facts.SeeAsync(screen, seen);

        var store = new ExposureStore(_database.Source, new ExposurePartitions()) { EnoughPairs = enough };
        List<int> written = [];
        bool more;
        do
        {
            more = (await store.UpdateAsync(screen.SiteId, ExposureCalculator.DefaultThreshold, default)).More;
            written.Add(await db.Exposures.CountAsync() - written.Sum());
        }
        while (more);
        Assert.Equal(presencesFirst ? [10, 10, 10] : [12, 12, 6], written);
        Assert.Equal(viewers * plays, (await db.CampaignTotals.AsNoTracking().SingleAsync(t => t.CampaignId == campaign.Id)).Impressions);
        Assert.Empty(await facts.Auditor.CompareAsync());
    }

    [Fact]
    public async Task Update_OnePlayWithMorePresencesThanEnough_IsTakenInPartsAndNothingIsLostOrDoubled()
    {
        const int viewers = 25, enough = 10;
        await using var db = _database.Contexts.CreateDbContext();
        await using var facts = new Facts(_database, new SetClock(Sample.Noon.AddHours(1)));
        var (_, advertiser, screen, _) = await Sample.AddSiteAsync(db);
        var (campaign, creative) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030]);
        async Task SeeAsync(int count, byte first, byte last)
        {
            for (var i = 0; i < count; i++)
            {
                // In the order of ids between the first and the last.
                var id = Guid.NewGuid().ToByteArray(bigEndian: true);
                id[0] = (byte)(first + ((last - first) * i / count));
                var viewer = Sample.Viewer(
                    Segment.Men2030, Sample.Noon, Sample.Noon.AddSeconds(30), inView: false, id: new Guid(id, bigEndian: true));
                await facts.SeeAsync(screen, Sample.Report(Guid.NewGuid(), 1, viewer.From, viewer.To, AudienceState.Closed, viewer));
            }
        }
        await SeeAsync(viewers, 10, 250);
        await facts.UpdateExposuresAsync();
        var plays = Enumerable.Range(0, 3).Select(i => new PlayReport
        {
            PlayId = Guid.NewGuid(),
            CreativeId = creative.Id,
            StartedAt = Sample.Noon.AddSeconds(5 + (i * 10)),
            EndedAt = Sample.Noon.AddSeconds(15 + (i * 10)),
            End = PlayEnd.Completed,
            Measured = true,
            FramesPresented = 10,
        }).ToArray();
        await facts.PlayAsync(screen, plays);

        // Each part by a node of its own, as after a kill; presences come in between, before and after the place that it has got to.
        List<int> written = [];
        bool more;
        do
        {
            var store = new ExposureStore(_database.Source, new ExposurePartitions()) { EnoughPairs = enough };
            more = (await store.UpdateAsync(screen.SiteId, ExposureCalculator.DefaultThreshold, default)).More;
            written.Add(await db.Exposures.CountAsync() - written.Sum());
            if (written.Count != 1) continue;
            await SeeAsync(1, 0, 1);
            await SeeAsync(1, 255, 255);
        }
        while (more);
        Assert.All(written, count => Assert.InRange(count, 0, enough + plays.Length));
        Assert.Equal((viewers + 2) * plays.Length, written.Sum());
        Assert.Equal(
            (viewers + 2) * plays.Length,
            (await db.CampaignTotals.AsNoTracking().SingleAsync(t => t.CampaignId == campaign.Id)).Impressions);
        Assert.False(await db.Plays.AnyAsync(p => p.ExposuresDue || p.ExposuresUpTo != null));
        Assert.False(await db.Presences.AnyAsync(p => p.ExposuresDue));
        Assert.Empty(await facts.Auditor.CompareAsync());
    }

    [Theory]
    [InlineData(25)] // more milliseconds than an int has
    [InlineData(-1)]
    public async Task Update_PresenceIdIsUsedAgainOnAnotherDay_CountsItsOwnTimeOnly(int days)
    {
        await using var db = _database.Contexts.CreateDbContext();
        await using var facts = new Facts(_database, new SetClock(Sample.Noon.AddHours(1)));
        var (_, _, screen, _) = await Sample.AddSiteAsync(db);
        var id = Guid.NewGuid();
        for (var sequence = 1; sequence <= 2; sequence++)
        {
            var from = Sample.Noon.AddDays(sequence == 1 ? 0 : days);
            var viewer = Sample.Viewer(Segment.Men2030, from, from.AddSeconds(12), inView: false, id: id);
            await facts.SeeAsync(screen, Sample.Report(Guid.NewGuid(), sequence, from, viewer.To, AudienceState.Closed, viewer));
            await facts.UpdateExposuresAsync();
        }
        Assert.Equal(12_000, await db.Set<ScreenHour>().AsNoTracking().Where(h => h.ScreenId == screen.Id).SumAsync(h => h.PresentMs));
        Assert.Empty(await facts.Auditor.CompareAsync());
    }
}
