using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using FaceAd.Web.Webhooks;

namespace FaceAd.Tests.Webhooks;

/// <summary>The states that events name agree with what decisions let run.</summary>
public sealed class CampaignStatesTests : IAsyncLifetime
{
    private static readonly DateOnly Today = Sample.Calendar.DayOf(Sample.Noon);
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Read_BetweenTwoFlights_IsNotRunning()
    {
        await using var db = _database.Contexts.CreateDbContext();
        var campaign = await AddAsync(db);
        campaign.Plan = FlightPlan.Of([new(Today.AddDays(-3), Today.AddDays(-1)), new(Today.AddDays(1), Today.AddDays(2))]);
        await db.SaveChangesAsync();
        Assert.Equal("between-flights", await StateAsync(db, campaign));
    }

    [Fact]
    public async Task Read_OutsideItsHours_GoesOnRunning()
    {
        await using var db = _database.Contexts.CreateDbContext();
        var campaign = await AddAsync(db);
        campaign.Hours = 1 << 3;
        await db.SaveChangesAsync();
        Assert.Equal("running", await StateAsync(db, campaign));
    }

    [Fact]
    public async Task Read_SitesInTwoTimeZones_EndsWithTheLastOfItsOwn()
    {
        await using var db = _database.Contexts.CreateDbContext();
        var campaign = await AddAsync(db);
        var west = new Site { Name = "West", TimeZone = "America/Los_Angeles", CreatedAt = Sample.Noon };
        db.Add(west);
        (campaign.StartsOn, campaign.EndsOn) = (Today.AddDays(-5), Today.AddDays(-1)); // over in Seoul, the last evening in Los Angeles
        await db.SaveChangesAsync();
        Assert.Equal("running", await StateAsync(db, campaign)); // booked for all sites
        campaign.SiteIds = [west.Id];
        await db.SaveChangesAsync();
        Assert.Equal("running", await StateAsync(db, campaign));
        campaign.SiteIds = [db.Sites.First(s => s.Id != west.Id).Id];
        await db.SaveChangesAsync();
        Assert.Equal("ended", await StateAsync(db, campaign));
    }

    [Theory]
    [InlineData(CampaignState.Approved, Gate.None, "running")]
    [InlineData(CampaignState.Approved, Gate.NotStarted, "scheduled")]
    [InlineData(CampaignState.Approved, Gate.Ended, "ended")]
    [InlineData(CampaignState.Approved, Gate.Budget, "budget-spent")]
    [InlineData(CampaignState.Paused, Gate.None, "paused")]
    [InlineData(CampaignState.Paused, Gate.NotStarted, "paused")]
    [InlineData(CampaignState.Paused, Gate.Ended, "ended")]
    public void Of_StateAndGate_IsTheEventsWord(CampaignState state, Gate gate, string expected) =>
        Assert.Equal(expected, CampaignStates.Of(state, gate));

    private static async Task<Campaign> AddAsync(FaceAdDbContext db)
    {
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        return (await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver])).Campaign;
    }

    private static async Task<string> StateAsync(FaceAdDbContext db, Campaign campaign) =>
        (await CampaignStates.ReadAsync(
            db, await SiteZones.ReadAsync(db, default), Sample.Noon, DateOnly.FromDateTime(Sample.Noon.UtcDateTime).AddDays(-1), null,
            default)).Single(c => c.Id == campaign.Id).State;
}
