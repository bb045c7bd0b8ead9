using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Exposures;

/// <summary>Random histories, told late, twice and out of order, must end in the rows that a naive count over the truth gives.</summary>
public sealed class ExposureHistoryTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Update_AnyHistoryToldInAnyOrder_EqualsTheNaiveCount(int seed)
    {
        var random = new Random(seed);
        await using var db = _database.Contexts.CreateDbContext();
        var (_, advertiser, a, b) = await Sample.AddSiteAsync(db);
        BookedAd[] ads = [await AdAsync(db, advertiser, Segment.Men2030), await AdAsync(db, advertiser, Segment.Women2030, Segment.Silver)];
        var presences = Enumerable.Range(0, 14).Select(_ => Presence(random, random.Next(2) == 0 ? a : b)).ToList();
        var plays = new[] { a, b }.SelectMany(screen => Plays(random, screen, ads)).ToList();

        await using var facts = new Facts(_database, new SetClock(Sample.Noon.AddHours(1)));
        var messages = presences.SelectMany(s => s.Reports.Select(r => (Func<Task>)(() => facts.SeeAsync(s.Screen, r))))
            .Concat(plays.Select(p => (Func<Task>)(() => facts.PlayAsync(p.Screen, p.Report)))).ToList();
        foreach (var message in messages.Concat(messages.Where(_ => random.Next(3) == 0)).OrderBy(_ => random.Next()).ToList())
        {
            await message();
            if (random.Next(4) == 0) await facts.UpdateExposuresAsync();
        }
        await facts.UpdateExposuresAsync();

        var expected = (from play in plays
                        where play.Report.Measured
                        from presence in presences
                        where presence.Screen == play.Screen
                        let seconds = Overlap(play.Report, presence.Last)
                        where seconds >= 1
                        select (play.Report.PlayId, presence.Last.PresenceId, Seconds: Math.Round(seconds, 3))).ToHashSet();
        var screens = new[] { a.Id, b.Id };
        var rows = await db.Exposures.AsNoTracking().Where(e => screens.Contains(e.ScreenId)).ToListAsync();
        Assert.Equal(expected, rows.Select(e => (e.PlayId, e.PresenceId, Seconds: Math.Round(e.SecondsPresent, 3))).ToHashSet());

        foreach (var ad in ads)
        {
            var total = await db.CampaignTotals.AsNoTracking().SingleAsync(t => t.CampaignId == ad.Campaign);
            var mine = rows.Where(r => r.CampaignId == ad.Campaign).ToList();
            Assert.Equal(mine.Count, total.Impressions);
            Assert.Equal(mine.Count(r => r.OnTarget), total.TargetImpressions);
            Assert.Equal(mine.Count(r => ad.Targets.Contains(r.Segment)), total.TargetImpressions);
            Assert.Equal(plays.Count(p => p.Report.CreativeId == ad.Creative), total.Plays);
            Assert.Equal(plays.Count(p => p.Report.CreativeId == ad.Creative && p.Report.Measured), total.MeasuredPlays);
        }
    }

    private static double Overlap(PlayReport play, PresenceReport presence) =>
        (new[] { play.EndedAt, presence.To }.Min() - new[] { play.StartedAt, presence.From }.Max()).TotalSeconds;

    private static async Task<BookedAd> AdAsync(Web.Data.FaceAdDbContext db, Organisation advertiser, params Segment[] targets)
    {
        var (campaign, creative) = await Sample.AddCampaignAsync(db, advertiser, targets);
        return new BookedAd(campaign.Id, creative.Id, targets);
    }

    // A presence of its own audience, told in up to five reports that grow.
    private static PresenceOf Presence(Random random, ScreenEntry screen)
    {
        var from = Sample.Noon.AddMilliseconds(random.Next(120_000));
        var segment = random.Next(5) == 0 ? (Segment?)null : (Segment)random.Next(1, 7);
        var (id, audience, face) = (Guid.NewGuid(), Guid.NewGuid(), random.Next(6));
        List<AudienceReport> reports = [];
        var to = from;
        for (var sequence = 1; sequence <= random.Next(1, 6); sequence++)
        {
            to = to.AddMilliseconds(random.Next(6_000));
            var views = sequence <= 2 ? [Sample.Face(100 + face, 0.3, random.Next())] : Array.Empty<byte[]>();
            reports.Add(
                Sample.Report(audience, sequence, from, to, AudienceState.Open, Sample.Viewer(segment, from, to, id: id, views: views)));
        }
        var last = reports[^1].Presences[0] with { InView = false, Views = [] };
        reports.Add(Sample.Report(audience, reports.Count + 1, from, to, AudienceState.Closed, last));
        return new PresenceOf(screen, reports, last);
    }

    private static IEnumerable<PlayOf> Plays(Random random, ScreenEntry screen, BookedAd[] ads)
    {
        for (var at = Sample.Noon.AddSeconds(-5); at < Sample.Noon.AddSeconds(120); at = at.AddMilliseconds(random.Next(1_500)))
        {
            var ad = ads[random.Next(ads.Length)];
            var end = at.AddMilliseconds(random.Next(500, 10_000));
            yield return new PlayOf(screen, new PlayReport
            {
                PlayId = Guid.NewGuid(),
                CreativeId = ad.Creative,
                StartedAt = at,
                EndedAt = end,
                End = end - at < TimeSpan.FromSeconds(8) ? PlayEnd.Interrupted : PlayEnd.Completed,
                Measured = random.Next(5) > 0,
                FramesPresented = 10,
            });
            at = end;
        }
    }

    private sealed record BookedAd(Guid Campaign, Guid Creative, Segment[] Targets);

    private sealed record PresenceOf(ScreenEntry Screen, List<AudienceReport> Reports, PresenceReport Last);

    private sealed record PlayOf(ScreenEntry Screen, PlayReport Report);
}
