using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Cluster;
using FaceAd.Web.Decisions;
using FaceAd.Web.Delivery.Guarantee;
using FaceAd.Web.Metrics.Forecasts;
using FaceAd.Web.Players;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Delivery.Guarantee;

/// <summary>A campaign of ten days that booked 1,000 target impressions and had 400, from rows.</summary>
public sealed class ShortfallReaderTests : IAsyncLifetime
{
    private static readonly DateOnly First = new(2026, 3, 9), Last = new(2026, 3, 18);
    private readonly SetClock _clock = new(Sample.Calendar.StartOf(Last.AddDays(2)));
    private TestDatabase _database = null!;
    private ScreenDirectory _directory = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _directory = new ScreenDirectory(
            _database.Contexts,
            new(new DirectConnections(_database.ConnectionString), TimeProvider.System, NullLogger<NewsListener>.Instance),
            TimeProvider.System, NullLogger<ScreenDirectory>.Instance);
    }

    public async Task DisposeAsync()
    {
        _directory.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task ComputeAsync_ApprovedLateAScreenAwayAndOutbid_SaysWhatEachCost()
    {
        await using var db = _database.Contexts.CreateDbContext();
        var (campaign, a, b) = await AddAsync(db, goal: 1_000, delivered: 400);
        // Two screens, ten days, one hour a day with people: each is a twentieth of the plan.
        db.Add(AuditLog.Entry(
            null, Sample.Calendar.StartOf(First.AddDays(1)), AuditVerb.CampaignApproved, AuditSubject.Campaign, campaign.Id, "Spring"));
        for (var day = Last.AddDays(-2); day <= Last; day = day.AddDays(1))
        {
            var nine = Sample.Calendar.StartOf(day).AddHours(9);
            db.Add(new ScreenGap { ScreenId = a.Id, Since = nine, Until = nine.AddHours(1) });
            await db.Database.ExecuteSqlAsync($"DELETE FROM screen_hours WHERE screen_id = {a.Id} AND day = {day}");
        }
        for (var i = 0; i < 4; i++)
        {
            db.Add(new Decision
            {
                Id = Guid.NewGuid(),
                ScreenId = b.Id,
                At = Sample.Calendar.StartOf(First.AddDays(2 + i)).AddHours(9.5),
                Trigger = DecisionTrigger.PlayEnding,
                Viewers = 1,
                Dominant = Segment.Silver,
                Reason = DecisionReason.Targeted,
                Candidates = 2,
                Losers = [new(campaign.Id, i < 3 ? Gate.Outbid : Gate.FrequencyCap, 5)],
            });
        }
        await db.SaveChangesAsync();

        var shortfall = (await Reader().ComputeAsync(campaign.Id, default))!;
        Assert.Equal(600, shortfall.Missing);
        Assert.Equal(
            [(ShortfallKind.Outbid, 262), (ShortfallKind.ScreensAway, 150), (ShortfallKind.LateStart, 100),
                (ShortfallKind.FrequencyCap, 87)],
            shortfall.Causes.Select(c => (c.Kind, c.Impressions)));
        Assert.Equal((1, 3), (shortfall.Causes[1].Screens, shortfall.Causes[1].Hours));
    }

    [Fact]
    public async Task ComputeAsync_FewerCameThanBefore_SaysHowManyFewer()
    {
        await using var db = _database.Contexts.CreateDbContext();
        var (campaign, _, _) = await AddAsync(db, goal: 1_000, delivered: 400);
        await db.Database.ExecuteSqlAsync($"UPDATE screen_hours SET presences = 40 WHERE day >= {First}");
        var cause = Assert.Single((await Reader().ComputeAsync(campaign.Id, default))!.Causes);
        Assert.Equal((ShortfallKind.FewerPeople, 600, 0.6), (cause.Kind, cause.Impressions, Math.Round(cause.Fewer, 6)));
    }

    [Fact]
    public async Task ComputeAsync_ForecastBelowTheGoalAndBudgetRaisedLater_SaysBoth()
    {
        await using var db = _database.Contexts.CreateDbContext();
        var (campaign, _, _) = await AddAsync(db, goal: null, delivered: 400, PriceModel.PerThousand);
        db.Add(AuditLog.Entry(
            null, Sample.Calendar.StartOf(First.AddDays(5)), AuditVerb.ChangeAccepted, AuditSubject.Campaign, campaign.Id, "Spring",
            new Dictionary<string, string> { ["budget"] = $"600000{CampaignTerms.Arrow}1000000" }));
        db.Add(new StoredForecast
        {
            CampaignId = campaign.Id,
            At = Sample.Calendar.StartOf(First.AddDays(-3)),
            Impressions = 450,
            ImpressionsLow = 400,
            ImpressionsHigh = 500,
        });
        await db.SaveChangesAsync();
        var causes = (await Reader().ComputeAsync(campaign.Id, default))!.Causes;
        Assert.Equal(
            [(ShortfallKind.GoalRaised, 200), (ShortfallKind.BookedTooMuch, 150), (ShortfallKind.Unknown, 250)],
            causes.Select(c => (c.Kind, c.Impressions)));
    }

    [Fact]
    public async Task ComputeAsync_GoalReached_SaysNothing()
    {
        await using var db = _database.Contexts.CreateDbContext();
        var (campaign, _, _) = await AddAsync(db, goal: 1_000, delivered: 990);
        Assert.Null(await Reader().ComputeAsync(campaign.Id, default));
    }

    private ShortfallReader Reader() => new(_database.Contexts, _directory, _clock);

    // A hundred people of the target at nine o'clock, on each day and screen, and as many in the four weeks before.
    private async Task<(Campaign Campaign, ScreenEntry A, ScreenEntry B)> AddAsync(
        Web.Data.FaceAdDbContext db, long? goal, long delivered, PriceModel model = PriceModel.Flat)
    {
        var (_, advertiser, a, b) = await Sample.AddSiteAsync(db);
        var (campaign, _) = await Sample.AddCampaignAsync(
            db, advertiser, [Segment.Silver], 1_000_000, model, model == PriceModel.PerThousand ? 1_000_000 : null);
        campaign.Delivery = DeliveryTerms.Default with { Goal = goal };
        db.Add(new CampaignTotal { CampaignId = campaign.Id, TargetImpressions = delivered });
        await db.SaveChangesAsync();
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO screen_hours (screen_id, day, hour, segment, presences, watchers, present_ms, attentive_ms)
            SELECT s, d::date, 9, {(int)Segment.Silver}, 100, 0, 0, 0
            FROM unnest({new[] { a.Id, b.Id }}) s, generate_series({First.AddDays(-28)}::timestamp, {Last}::timestamp, '1 day') d
            """);
        await _directory.RefreshAsync();
        return (campaign, a, b);
    }
}
