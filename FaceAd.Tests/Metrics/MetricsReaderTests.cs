using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Metrics;
using FaceAd.Web.Metrics.Rollups;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Metrics;

public sealed class MetricsReaderTests : IAsyncLifetime
{
    private readonly SetClock _clock = new(Sample.Noon.AddMinutes(10));
    private TestDatabase _database = null!;
    private Facts _facts = null!;
    private ScreenEntry _a = null!;
    private ScreenEntry _b = null!;
    private Campaign _campaign = null!;
    private Creative _creative = null!;
    private int _minute;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _facts = new Facts(_database, _clock);
        await using var db = _database.Contexts.CreateDbContext();
        (_, var advertiser, _a, _b) = await Sample.AddSiteAsync(db);
        (_campaign, _creative) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030]);
    }

    public async Task DisposeAsync()
    {
        await _facts.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task ReadAsync_ThePublishedExample_GivesReach667AndFrequency35()
    {
        // S1's worked example: three 2030 men are seen, two of them see the ad, seven exposures in all.
        await RideAsync(_a, 1, Segment.Men2030, plays: 3);
        await RideAsync(_b, 2, Segment.Men2030, plays: 2);
        await RideAsync(_a, 1, Segment.Men2030, plays: 2);
        await RideAsync(_b, 3, Segment.Men2030, plays: 0);
        await RideAsync(_a, 4, Segment.Women4050, plays: 1); // not a target: an impression, and nothing else

        var metrics = await _facts.Metrics.ReadAsync(_campaign.Id);
        Assert.Equal(3, metrics.Universe);
        Assert.Equal(2, metrics.Reached);
        Assert.Equal(2.0 / 3, metrics.Reach!.Value, 10);
        Assert.Equal("66.7 %", FormattableString.Invariant($"{metrics.Reach:P1}"));
        Assert.Equal(3.5, metrics.Frequency);
        Assert.Equal(66.6666666667 * 3.5, metrics.Grp!.Value, 6);
        Assert.Equal((8, 7), (metrics.Impressions, metrics.TargetImpressions));
        Assert.Equal(7.0 / 8, metrics.OnTargetShare);
        Assert.Equal([0, 1, 0, 0, 1, 0, 0, 0, 0, 0], metrics.FrequencyHistogram);
        Assert.Equal(1.0, metrics.Coverage);
        // Ten days at 1,000,000 KRW, one and a half gone (and ten minutes).
        var cost = Math.Round(1_000_000m * (decimal)((1.5 + (10.0 / 1440)) / 10), MidpointRounding.AwayFromZero);
        Assert.Equal(cost, metrics.CostKrw);
        Assert.Equal(NoFigure.TooEarly, CostFigures.Cpm(metrics).Why); // computed, but not shown of 8 impressions
        Assert.Equal((double)cost / 8 * 1000, metrics.CpmKrw!.Value, 4);
        Assert.Equal((double)cost / 7 * 1000, metrics.TargetCpmKrw!.Value, 4);
        Assert.Equal(2, metrics.Timeline[^1].ReachedSoFar);
        Assert.Equal(8, metrics.Timeline.Sum(p => p.Impressions));
        Assert.Equal(8, metrics.Timeline.Sum(p => p.Plays));
        var women = metrics.Segments.Single(s => s.Segment == Segment.Women4050);
        Assert.Equal((false, 1, 1, 1), (women.Targeted, women.Impressions, women.Persons, women.Universe));
    }

    [Fact]
    public async Task RunBatchAsync_PeopleWereReached_KeepsForEachViewerWhatTheyAreShown()
    {
        var worker = new CampaignRankWorker(_database.Contexts, _facts.Metrics, _clock, NullLogger<CampaignRankWorker>.Instance);
        Assert.Equal(0, await worker.RunBatchAsync(default)); // it has not played
        await RideAsync(_a, 1, Segment.Men2030, plays: 3);
        await RideAsync(_b, 2, Segment.Men2030, plays: 1);
        await RideAsync(_b, 3, Segment.Men2030, plays: 0);
        var rank = await RankAsync();
        Assert.Equal((2.0 / 3, 2.0), (rank.Reach!.Value, rank.Frequency!.Value));
        // Fewer than five people: an advertiser sees neither, nor where it stands among others. A CPM of 4 impressions is not shown at all.
        Assert.Equal((null, null, null), (rank.ShownReach, rank.ShownFrequency, rank.CpmKrw));
        Assert.Equal(0, await worker.RunBatchAsync(default));

        for (var person = 4; person < 8; person++) await RideAsync(_a, person, Segment.Men2030, plays: 1);
        rank = await RankAsync();
        Assert.Equal((6.0 / 7, rank.Reach, rank.Frequency), (rank.ShownReach!.Value, rank.ShownReach, rank.ShownFrequency));
        _clock.Now += TimeSpan.FromMinutes(6); // its cost has grown
        Assert.Equal(1, await worker.RunBatchAsync(default));

        async Task<CampaignRank> RankAsync()
        {
            Assert.Equal(1, await worker.RunBatchAsync(default));
            await using var db = _database.Contexts.CreateDbContext();
            return await db.Set<CampaignRank>().AsNoTracking().SingleAsync();
        }
    }

    [Fact]
    public async Task ReadAsync_NothingHappened_IsUndefinedNotZero()
    {
        var metrics = await _facts.Metrics.ReadAsync(_campaign.Id);
        Assert.Null(metrics.Reach);
        Assert.Null(metrics.Frequency);
        Assert.Null(metrics.Grp);
        Assert.Null(metrics.CpmKrw);
        Assert.Null(metrics.Coverage);
        Assert.Null(metrics.OnTargetShare);
        Assert.Empty(metrics.Timeline);
    }

    [Fact]
    public async Task ReadAsync_UnmeasuredPlays_CountAsPlaysOnly()
    {
        await RideAsync(_a, 1, Segment.Men2030, plays: 1);
        await RideAsync(_a, 1, Segment.Men2030, plays: 3, measured: false);
        var metrics = await _facts.Metrics.ReadAsync(_campaign.Id);
        Assert.Equal((4, 1, 1), (metrics.Plays, metrics.MeasuredPlays, metrics.Impressions));
        Assert.Equal(0.25, metrics.Coverage);
    }

    [Fact]
    public async Task ReadAsync_ChildrenAndUnsureViewers_AreImpressionsWithoutPersons()
    {
        await RideAsync(_a, 1, Segment.Kids, plays: 2);
        await RideAsync(_a, 2, Segment.Men2030, plays: 1, confidence: 0.5);
        var metrics = await _facts.Metrics.ReadAsync(_campaign.Id);
        Assert.Equal((3, 0, 0), (metrics.Impressions, metrics.Universe, metrics.Reached));
        Assert.Null(metrics.Reach);
        Assert.Equal(2, metrics.Segments.Single(s => s.Segment == Segment.Kids).Impressions);
        Assert.Equal(1, metrics.Segments.Single(s => s.Segment == Segment.Unknown).Impressions);
    }

    [Fact]
    public async Task ReadAsync_AnUnsureFirstPresenceThenASureOne_GivesThePersonItsSegmentForBoth()
    {
        await RideAsync(_a, 1, Segment.Men2030, plays: 1, confidence: 0.5);
        await RideAsync(_b, 1, Segment.Men2030, plays: 1);
        await RideAsync(_b, 1, Segment.Men4050, plays: 1); // a later estimate no longer changes it
        var metrics = await _facts.Metrics.ReadAsync(_campaign.Id);
        Assert.Equal((1, 1), (metrics.Universe, metrics.Reached));
        Assert.Equal(3, metrics.Frequency);
    }

    [Fact]
    public async Task ReadAsync_PerThousandPrice_CostsWhatWasDeliveredUpToTheBudget()
    {
        await using var db = _database.Contexts.CreateDbContext();
        var (_, advertiser, a, _) = await Sample.AddSiteAsync(db);
        (_campaign, _creative) = await Sample.AddCampaignAsync(
            db, advertiser, [Segment.Men2030], budgetKrw: 25, PriceModel.PerThousand, price: 10_000);
        await RideAsync(a, 1, Segment.Men2030, plays: 2);
        Assert.Equal(20m, (await _facts.Metrics.ReadAsync(_campaign.Id)).CostKrw);
        await RideAsync(a, 1, Segment.Men2030, plays: 2);
        Assert.Equal(25m, (await _facts.Metrics.ReadAsync(_campaign.Id)).CostKrw);
    }

    [Theory]
    [InlineData(CampaignState.Draft, false)]
    [InlineData(CampaignState.Submitted, false)]
    [InlineData(CampaignState.Rejected, false)]
    [InlineData(CampaignState.Approved, true)]
    [InlineData(CampaignState.Paused, true)]
    public async Task ReadAsync_FlatPrice_CostsOnceBooked(CampaignState state, bool costs)
    {
        await using var db = _database.Contexts.CreateDbContext();
        await db.Campaigns.Where(c => c.Id == _campaign.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.State, state));
        Assert.Equal(costs, (await _facts.Metrics.ReadAsync(_campaign.Id)).CostKrw is > 0);
        Assert.Equal(costs, (await _facts.Metrics.ReadAsync(_campaign.Id)).CostKrw is not null);
    }

    // One person rides for a minute of its own and sees the ad so many times.
    private async Task RideAsync(ScreenEntry screen, int face, Segment segment, int plays, bool measured = true, double confidence = 0.9)
    {
        var from = Sample.Noon.AddMinutes(_minute++ - 30);
        var to = from.AddSeconds(50);
        var viewer = Sample.Viewer(segment, from, to, p: confidence, inView: false,
            views: [Sample.Face(face, 0.3, _minute), Sample.Face(face, 0.3, 100 + _minute)]);
        await _facts.SeeAsync(screen, Sample.Report(Guid.NewGuid(), 1, from, to, AudienceState.Closed, viewer));
        for (var i = 0; i < plays; i++)
        {
            var start = from.AddSeconds(10 * i);
            await _facts.PlayAsync(screen, new PlayReport
            {
                PlayId = Guid.NewGuid(),
                CreativeId = _creative.Id,
                StartedAt = start,
                EndedAt = start.AddSeconds(10),
                End = PlayEnd.Completed,
                Measured = measured,
                FramesPresented = 240,
            });
        }
        await _facts.UpdateExposuresAsync();
    }
}
