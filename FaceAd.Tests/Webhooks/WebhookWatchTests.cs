using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Requests;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using FaceAd.Web.Webhooks;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Tests.Webhooks;

/// <summary>A node that looks again and again: each look costs what has changed, and misses nothing.</summary>
public sealed class WebhookWatchTests : IAsyncLifetime
{
    private static readonly DateOnly Today = Sample.Calendar.DayOf(Sample.Noon);
    private WebhookStages _stages = null!;
    private FaceAdDbContext _db = null!;
    private Campaign _campaign = null!, _other = null!;
    private ScreenEntry _screen = null!;

    public async Task InitializeAsync()
    {
        _stages = await WebhookStages.CreateAsync();
        _db = _stages.Database.Contexts.CreateDbContext();
        var (_, advertiser, a, b) = await Sample.AddSiteAsync(_db);
        _screen = a;
        (_campaign, _) = await Sample.AddCampaignAsync(_db, advertiser, [Segment.Silver]);
        (_other, _) = await Sample.AddCampaignAsync(_db, advertiser, [Segment.Kids]);
        await HeardAsync(_screen, Sample.Noon.AddSeconds(-5));
        await HeardAsync(b, Sample.Noon.AddHours(-5)); // long silent
    }

    public async Task DisposeAsync()
    {
        await _db.DisposeAsync();
        await _stages.DisposeAsync();
    }

    [Fact]
    public async Task RunCycle_LittleHasChanged_LooksAtThatAlone()
    {
        using var watch = _stages.NewWatch();
        Assert.Null((await watch.RunCycleAsync(default))!.Value.Looked); // the first look is at everything
        Assert.Equal(0, (await watch.RunCycleAsync(default))!.Value.Looked);
        await _db.Campaigns.Where(c => c.Id == _campaign.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CampaignState.Paused));
        Assert.Equal(1, (await watch.RunCycleAsync(default))!.Value.Looked);
        Assert.Equal("paused", await StateAsync(_campaign.Id));
        await _db.Campaigns.ExecuteUpdateAsync(s => s.SetProperty(c => c.BudgetKrw, c => c.BudgetKrw + 1)); // no change of state
        Assert.Equal(2, (await watch.RunCycleAsync(default))!.Value.Looked);
        Assert.Equal(("paused", "running"), (await StateAsync(_campaign.Id), await StateAsync(_other.Id)));
        var (terms, now) = (RequestedTerms.Of(_campaign), _stages.Clock.Now);
        var request = new ChangeRequest
        {
            CampaignId = _campaign.Id,
            Author = "Buyer",
            Before = terms,
            Asked = terms,
            CreatedAt = now,
            ChangedAt = now,
        };
        _db.Add(request);
        await _db.SaveChangesAsync();
        Assert.Equal(1, (await watch.RunCycleAsync(default))!.Value.Looked);
        Assert.Equal("open", await StateAsync(request.Id));
        await _db.ChangeRequests.ExecuteUpdateAsync(s => s.SetProperty(r => r.State, ChangeRequestState.Declined));
        Assert.Equal(1, (await watch.RunCycleAsync(default))!.Value.Looked);
        Assert.Equal("declined", await StateAsync(request.Id));
        Assert.Equal(0, (await watch.RunCycleAsync(default))!.Value.Looked);
    }

    [Fact]
    public async Task RunCycle_ScreenFallsSilentAndIsBack_IsFoundByTimeAndByNews()
    {
        using var watch = _stages.NewWatch();
        await watch.RunCycleAsync(default);
        Assert.Equal("online", await StateAsync(_screen.Id));
        _stages.Clock.Now = Sample.Noon.AddMinutes(1.9);
        await HeardAsync(_screen, Sample.Noon.AddMinutes(1.8)); // as usual: no news
        Assert.Equal(0, (await watch.RunCycleAsync(default))!.Value.Looked);
        _stages.Clock.Now = Sample.Noon.AddMinutes(2.1);
        Assert.Equal(1, (await watch.RunCycleAsync(default))!.Value.Looked);
        Assert.Equal("online", await StateAsync(_screen.Id)); // it was heard meanwhile
        _stages.Clock.Now = Sample.Noon.AddMinutes(3.9);
        Assert.Equal(1, (await watch.RunCycleAsync(default))!.Value.Looked);
        Assert.Equal("silent", await StateAsync(_screen.Id));
        _stages.Clock.Now = Sample.Noon.AddMinutes(30);
        Assert.Equal(0, (await watch.RunCycleAsync(default))!.Value.Looked); // silent screens cost nothing

        await HeardAsync(_screen, _stages.Clock.Now);
        watch.Hear(new NewsHeard(false, new HashSet<Guid>(), new HashSet<Guid>()) { Back = new HashSet<Guid> { _screen.Id } });
        Assert.Equal(1, (await watch.RunCycleAsync(default))!.Value.Looked);
        Assert.Equal("online", await StateAsync(_screen.Id));
        _stages.Clock.Now += TimeSpan.FromMinutes(2.1);
        await watch.RunCycleAsync(default);
        Assert.Equal("silent", await StateAsync(_screen.Id));
    }

    [Fact]
    public async Task RunCycle_NewsWasLostOrSitesChanged_LooksAtEverything()
    {
        using var watch = _stages.NewWatch();
        await watch.RunCycleAsync(default);
        foreach (var news in new[] { NewsHeard.All, NewsHeard.OfScreens })
        {
            watch.Hear(news);
            Assert.Null((await watch.RunCycleAsync(default))!.Value.Looked);
        }
        watch.Hear(NewsHeard.Time);
        watch.Hear(NewsHeard.OfBookings());
        Assert.Equal(0, (await watch.RunCycleAsync(default))!.Value.Looked);
    }

    [Fact]
    public async Task RunCycle_DayBeginsAtASite_FindsWhatBeginsAndEndsWithIt()
    {
        _campaign.Plan = FlightPlan.Of([new(Today.AddDays(1), Today.AddDays(2))]);
        _other.Plan = FlightPlan.Of([new(Today.AddDays(-1), Today)]);
        await _db.SaveChangesAsync();
        _stages.Clock.Now = Sample.Calendar.StartOf(Today.AddDays(1)).AddSeconds(-1);
        using var watch = _stages.NewWatch();
        await watch.RunCycleAsync(default);
        Assert.Equal(("scheduled", "running"), (await StateAsync(_campaign.Id), await StateAsync(_other.Id)));
        _stages.Clock.Now = _stages.Clock.Now.AddSeconds(2);
        await watch.RunCycleAsync(default);
        Assert.Equal(("running", "ended"), (await StateAsync(_campaign.Id), await StateAsync(_other.Id)));
    }

    [Fact]
    public async Task RunCycle_TwoNodesInTurnAndAFailure_TellsEachChangeOnce()
    {
        var advertiser = await _db.Organisations.SingleAsync(o => o.Id == _campaign.OrganisationId);
        await _stages.MakeAsync(advertiser, "http://127.0.0.1:1/", ["campaign.paused", "campaign.running"]);
        using var one = _stages.NewWatch();
        using var two = _stages.NewWatch();
        Assert.Equal(2, (await one.RunCycleAsync(default))!.Value.Written); // both run
        Assert.Equal(0, (await two.RunCycleAsync(default))!.Value.Written);
        foreach (var (state, first, second) in new[] { (CampaignState.Paused, one, two), (CampaignState.Approved, two, one) })
        {
            await _db.Campaigns.Where(c => c.Id == _campaign.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.State, state));
            await using (var busy = await _stages.Database.Source.OpenConnectionAsync())
            {
                await busy.ExecuteAsync("SELECT pg_advisory_lock(hashtextextended('facead.webhooks', 0))", [], default);
                Assert.Null(await first.RunCycleAsync(default)); // another one is looking: nothing is taken for looked at
                await busy.ExecuteAsync("SELECT pg_advisory_unlock(hashtextextended('facead.webhooks', 0))", [], default);
            }
            Assert.Equal((1, 1), await first.RunCycleAsync(default));
            Assert.Equal((1, 0), await second.RunCycleAsync(default));
        }

        await _db.Campaigns.Where(c => c.Id == _campaign.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CampaignState.Paused));
        await _db.Database.ExecuteSqlRawAsync("ALTER TABLE webhook_deliveries ADD CONSTRAINT broken CHECK (false) NOT VALID");
        await Assert.ThrowsAsync<PostgresException>(() => one.RunCycleAsync(default));
        await _db.Database.ExecuteSqlRawAsync("ALTER TABLE webhook_deliveries DROP CONSTRAINT broken");
        Assert.Equal((null, 1), await one.RunCycleAsync(default));
        Assert.Equal((1, 0), await two.RunCycleAsync(default));
    }

    private Task<int> HeardAsync(ScreenEntry screen, DateTimeOffset at) =>
        _db.Screens.Where(s => s.Id == screen.Id).ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, at));

    private Task<string> StateAsync(Guid id) =>
        _db.Set<WebhookState>().AsNoTracking().Where(s => s.SubjectId == id).Select(s => s.State).SingleAsync();
}
