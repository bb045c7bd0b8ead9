using System.Text.Json;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Decisions;
using FaceAd.Web.Delivery;
using FaceAd.Web.Delivery.Guarantee;
using FaceAd.Web.Metrics.Forecasts;
using FaceAd.Web.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Delivery.Guarantee;

/// <summary>Flights at no cost for a campaign of ten days that booked 1,000 target impressions for 1,000,000 KRW and had 600.</summary>
public sealed class MakeGoodsTests : IAsyncLifetime
{
    private static readonly DateOnly End = new(2026, 3, 18);
    private static readonly Viewer Admin = new(Guid.NewGuid(), IsMediaOwner: true) { UserId = Guid.NewGuid(), Name = "Lee" };
    private readonly SetClock _clock = new(Sample.Calendar.StartOf(End.AddDays(4)).AddHours(12));
    private TestDatabase _database = null!;
    private SupplyReader _supplies = null!;
    private ForecastReader _forecasts = null!;
    private MakeGoods _service = null!;

    private DateOnly Today => Sample.Calendar.DayOf(_clock.Now);

    private Flight Tomorrow => new(Today.AddDays(1), Today.AddDays(5));

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _supplies = new SupplyReader(_database.Source);
        _forecasts = new ForecastReader(_database.Contexts, _supplies, new ConfigurationBuilder().Build(), _clock);
        _service = new MakeGoods(_database.Contexts, _forecasts, _clock);
    }

    public async Task DisposeAsync()
    {
        _forecasts.Dispose();
        _supplies.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task MakeAsync_SettledWithACredit_AddsAFlightAtNoCostThatIsSettledAgain()
    {
        var campaign = await AddAsync();
        await SettleAsync();
        Assert.Null(await _service.MakeAsync(Admin, campaign.Id, Tomorrow, Today));

        var (changed, pacing) = await ReadAsync(campaign.Id);
        Assert.Equal([new Flight(campaign.StartsOn, End), Tomorrow], changed.Plan.Flights);
        Assert.Equal(new MakeGood(_clock.Now, Tomorrow.StartsOn, Tomorrow.EndsOn, End, 400_000), Assert.Single(changed.MakeGoods!));
        Assert.Equal((1_000_000L, 1_000_000L), (pacing.AccruedKrw, pacing.CommittedKrw)); // nothing is added to the price
        await using (var db = _database.Contexts.CreateDbContext())
        {
            var note = Assert.Single(await db.Set<Notification>().ToListAsync());
            Assert.Equal((NotificationKind.CampaignMadeGood, "Spring"), (note.Kind, note.Subject));
            await db.CampaignTotals.ExecuteUpdateAsync(s => s.SetProperty(t => t.TargetImpressions, 950));
        }
        _clock.Now = Sample.Calendar.StartOf(Tomorrow.EndsOn.AddDays(4));
        await SettleAsync();
        Assert.Equal(
            [AuditVerb.CampaignSettled, AuditVerb.CampaignMadeGood, AuditVerb.CampaignSettled],
            (await AboutAsync(campaign.Id)).Select(e => e.Verb));
        Assert.Equal("50000", Detail((await AboutAsync(campaign.Id))[^1], "credit"));
        Assert.Equal("400", Detail((await AboutAsync(campaign.Id))[1], "missing"));
    }

    [Theory]
    [InlineData(4)] // after its end
    [InlineData(-4)] // before it: half of the flight is over
    public async Task UndoAsync_BeforeItBegins_LeavesDaysAndCostAsTheyWere(int days)
    {
        _clock.Now = Sample.Calendar.StartOf(End.AddDays(days)).AddHours(12);
        var campaign = await AddAsync(delivered: 200);
        var (_, before) = await ReadAsync(campaign.Id);
        var first = MakeGoods.FirstDay(campaign, Today);
        Assert.Null(await _service.MakeAsync(Admin, campaign.Id, new(first, first.AddDays(6)), Today));
        Assert.Equal(before.AccruedKrw, (await ReadAsync(campaign.Id)).Pacing.AccruedKrw);
        Assert.Null(await _service.UndoAsync(Admin, campaign.Id, Today));

        var (after, pacing) = await ReadAsync(campaign.Id);
        Assert.Equal((campaign.StartsOn, End, null, null), (after.StartsOn, after.EndsOn, after.Flights, after.MakeGoods));
        Assert.Equal((before.AccruedKrw, before.CreditKrw.Value), (pacing.AccruedKrw, pacing.CreditKrw.Value));
        Assert.Equal(MakeGoodRefusal.Begun, await _service.UndoAsync(Admin, campaign.Id, Today));
    }

    [Fact]
    public async Task MakeAsync_WhoeverMayNotOrWhateverDoesNotFit_IsRefused()
    {
        var campaign = await AddAsync();
        Task<MakeGoodRefusal?> Make(Flight flight, Viewer? by = null) => _service.MakeAsync(by ?? Admin, campaign.Id, flight, Today);
        Assert.Equal(MakeGoodRefusal.Gone, await Make(Tomorrow, new Viewer(campaign.OrganisationId, IsMediaOwner: false)));
        Assert.Equal(MakeGoodRefusal.Gone, await Make(Tomorrow, Admin with { ReadOnly = true }));
        Assert.Equal(MakeGoodRefusal.Days, await Make(new(Today, Today.AddDays(3))));
        Assert.Equal(MakeGoodRefusal.Days, await Make(new(Today.AddDays(1), Today.AddDays(1 + MakeGoods.MostDays))));
        Assert.Null(await Make(Tomorrow));
        Assert.Equal(MakeGoodRefusal.Pending, await Make(new(Today.AddDays(20), Today.AddDays(22))));
        _clock.Now = Sample.Calendar.StartOf(Tomorrow.StartsOn).AddHours(1);
        Assert.Equal(MakeGoodRefusal.Begun, await _service.UndoAsync(Admin, campaign.Id, Today));

        var reached = await AddAsync(delivered: 990);
        Assert.Equal(MakeGoodRefusal.NotMissed, await _service.MakeAsync(Admin, reached.Id, Tomorrow, Today));
    }

    [Fact]
    public async Task PreviewAsync_MoreDays_BringMoreAndLeaveLessCredit()
    {
        var campaign = await AddAsync();
        await ComeAsync(20);
        var (stored, pacing) = await ReadAsync(campaign.Id);
        Assert.True(await _service.IsOpenAsync(stored, pacing, Today));
        var short7 = await _service.PreviewAsync(stored, pacing, new(Today.AddDays(1), Today.AddDays(7)));
        Assert.Equal((400, 740, 260_000), (short7.Missing, short7.Forecast.Impressions.Value, short7.CreditKrw!.Value.Value));
        var needed = await _service.DaysNeededAsync(stored, pacing, Today.AddDays(1)); // twenty a day: twenty days, and some to be sure
        Assert.InRange(needed, 20, 30);
        var enough = await _service.PreviewAsync(stored, pacing, new(Today.AddDays(1), Today.AddDays(needed)));
        Assert.True(enough.Forecast.Certainty >= 0.8);
        Assert.Equal(0, enough.CreditKrw!.Value.Value);
    }

    // Half of the flight is over, and the forecast gives the goal no chance: hardly anybody comes.
    [Theory]
    [InlineData(400, true)]
    [InlineData(540, false)] // by the rate so far, 1.9 % will be missing
    [InlineData(90, false)] // too few to judge a rate
    public async Task IsOpenAsync_BeforeTheEnd_OnlyWhereAShortfallIsShown(long delivered, bool isOpen)
    {
        _clock.Now = Sample.Calendar.StartOf(End.AddDays(-4)).AddHours(12);
        var campaign = await AddAsync(delivered);
        await ComeAsync(1);
        var (stored, pacing) = await ReadAsync(campaign.Id);
        Assert.Equal(isOpen, pacing.Shortfall is not null);
        Assert.Equal(isOpen, await _service.IsOpenAsync(stored, pacing, Today));
        Assert.True((await _forecasts.ReadAsync(
            SnapshotCampaigns.Of(stored) with { TargetImpressions = delivered }, default)).Make().Certainty < 0.01);
    }

    // And where a shortfall is shown, and the forecast does not agree: many more come on the days that are left.
    [Fact]
    public async Task IsOpenAsync_ForecastReachesTheGoal_IsNot()
    {
        _clock.Now = Sample.Calendar.StartOf(End.AddDays(-4)).AddHours(12);
        var campaign = await AddAsync(delivered: 400);
        await ComeAsync(1_000);
        var (stored, pacing) = await ReadAsync(campaign.Id);
        Assert.NotNull(pacing.Shortfall);
        Assert.False(await _service.IsOpenAsync(stored, pacing, Today));
    }

    // So many a day, at nine, on the days before.
    private async Task ComeAsync(int presences)
    {
        await using var db = _database.Contexts.CreateDbContext();
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO screen_hours (screen_id, day, hour, segment, presences, watchers, present_ms, attentive_ms)
            SELECT s.id, d::date, 9, {(int)Segment.Silver}, {presences}, 0, 0, 0
            FROM (SELECT id FROM screens ORDER BY id LIMIT 1) s,
                generate_series({Today.AddDays(-28)}::timestamp, {Today.AddDays(-1)}::timestamp, '1 day') d
            """);
    }

    private async Task<Campaign> AddAsync(long delivered = 600)
    {
        await using var db = _database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        db.Add(new User { DisplayName = "Kim", OrganisationId = advertiser.Id });
        var (campaign, _) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver]);
        campaign.Delivery = DeliveryTerms.Default with { Goal = 1_000 };
        db.Add(new CampaignTotal { CampaignId = campaign.Id, TargetImpressions = delivered });
        await db.SaveChangesAsync();
        return campaign;
    }

    private async Task SettleAsync()
    {
        using var settlements = new Settlements(_database.Contexts, _clock, NullLogger<Settlements>.Instance);
        await settlements.RunCycleAsync(default);
    }

    private async Task<(Campaign Campaign, Pacing Pacing)> ReadAsync(Guid id)
    {
        await using var db = _database.Contexts.CreateDbContext();
        var campaign = await db.Campaigns.AsNoTracking().Include(c => c.Total).SingleAsync(c => c.Id == id);
        return (campaign, Pacing.Of(campaign, Sample.Calendar, _clock.Now, campaign.Total!.TargetImpressions));
    }

    private async Task<List<AuditEntry>> AboutAsync(Guid campaign)
    {
        await using var db = _database.Contexts.CreateDbContext();
        return await db.AuditEntries.Where(e => e.SubjectId == campaign).OrderBy(e => e.Id).ToListAsync();
    }

    private static string Detail(AuditEntry entry, string key) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(entry.Details!)![key];
}
