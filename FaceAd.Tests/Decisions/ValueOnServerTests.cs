using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Experiments;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Tests.Delivery.Experiments;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Audiences;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Experiments;
using FaceAd.Web.Cluster;
using FaceAd.Web.Decisions;
using FaceAd.Web.Decisions.Budgets;
using FaceAd.Web.Delivery;
using FaceAd.Web.Frames;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FaceAd.Tests.Decisions;

/// <summary>The choice by value on the real server: gates, reservations, and what is stored of them.</summary>
public sealed class ValueOnServerTests(SiteFixture app) : IClassFixture<SiteFixture>, IAsyncLifetime
{
    private readonly DecisionEngine _engine = app.Services.GetRequiredService<DecisionEngine>();
    private readonly PacingKeeper _pacing = app.Services.GetRequiredService<PacingKeeper>();
    private readonly LiveAudiences _audiences = app.Services.GetRequiredService<LiveAudiences>();
    private static DateTimeOffset _latest; // of all tests of the class, which run one after the other
    private Campaign _campaign = null!;
    private Creative _creative = null!;

    private ScreenEntry Screen => app.Services.GetRequiredService<ScreenDirectory>().Find(app.Server.Screen.Id)!;

    // Young women are wanted by campaigns of these tests only.
    public async Task InitializeAsync()
    {
        await using var db = app.NewContext();
        await db.Campaigns.Where(c => c.Id != app.Campaign.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CampaignState.Paused));
        (_campaign, _creative) = await AddAsync(new DeliveryTerms());
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Decide_LikelyChildInView_HoldsBackWhatIsNotForChildrenAndSaysWhy()
    {
        await SetAsync(_campaign, new DeliveryTerms { NotForChildren = true });
        See(Rider(1) with { ChildProbability = 0.5 });
        var held = Decide();
        Assert.Equal((DecisionReason.HeldBack, null), (held.Decision.Reason, held.Decision.CampaignId));
        Assert.Equal((_campaign.Id, Gate.Child), Assert.Single(held.Decision.Losers!.Select(l => (l.Id, l.Gate))));

        await StoredAsync(held.Decision.Id);
        var status = await app.Services.GetRequiredService<DeliveryStatusReader>().WhyAsync(_campaign.Id);
        Assert.Contains(status.Facts!.Stops, s => s is { Gate: Gate.Child, Times: >= 1 });

        See(Rider(1) with { ChildProbability = 0.01 });
        Assert.Equal(_campaign.Id, Decide().Decision.CampaignId);
    }

    [Fact]
    public async Task Decide_SameCategoryJustRan_ShowsAnother()
    {
        var near = new Separation(7, 2, TimeSpan.FromMinutes(5));
        await SetAsync(_campaign, new DeliveryTerms { Separation = near });
        var (rival, _) = await AddAsync(new DeliveryTerms { Separation = near });
        var (free, _) = await AddAsync(new DeliveryTerms());
        List<Guid?> chosen = [];
        using var watching = _engine.Made.Add(made => chosen.Add(made.Decision.CampaignId)); // a new audience is decided for, too
        See(Rider(1));
        for (var i = 0; i < 6; i++) Decide();
        Assert.Single(chosen, id => id == _campaign.Id || id == rival.Id);
        Assert.Equal(chosen.Count - 1, chosen.Count(id => id == free.Id));
    }

    [Fact]
    public async Task Decide_BudgetForThreeMore_ReservesNoMoreThanOneBeyondThem()
    {
        var (small, _) = await AddAsync(new DeliveryTerms(), budgetKrw: 30_000, PriceModel.PerThousand, 10_000_000);
        await PauseAsync(_campaign);
        List<Decision> chosen = [];
        using var watching = _engine.Made.Add(made => chosen.Add(made.Decision)); // a new audience is decided for, too
        See(Rider(1), Rider(2));
        for (var i = 0; i < 5; i++) Decide();
        var won = chosen.Where(d => d.CampaignId == small.Id).ToList();
        Assert.InRange(won.Sum(d => d.Expected), 1.5, 4);
        Assert.Equal(DecisionReason.HeldBack, chosen[^1].Reason);
    }

    [Fact]
    public async Task Play_ReportedAndCounted_EndsItsReservation()
    {
        await SetAsync(_campaign, new DeliveryTerms { Goal = 1_000 });
        See(Rider(1));
        var before = Taken(); // a new audience is decided for, too
        var decision = Decide().Decision;
        Assert.Equal(_campaign.Id, decision.CampaignId);
        Assert.Equal(before + decision.Expected, Taken(), 9);
        var now = TimeProvider.System.GetUtcNow();
        var receipt = await app.Services.GetRequiredService<PlayIntake>().CommitAsync(
            Screen, DeviceClient.Keys.Sign(Screen.Id, [new PlayReport
            {
                PlayId = Guid.NewGuid(),
                DecisionId = decision.Id,
                CreativeId = _creative.Id,
                StartedAt = now,
                EndedAt = now.AddSeconds(10),
                End = PlayEnd.Completed,
                FramesPresented = 240,
                Measured = false,
            }]), default);
        Assert.Equal((1, 0), (receipt.Accepted, receipt.Disputed));
        await Wait.UntilAsync(() => Math.Abs(Taken() - before) < 1e-9, "its impressions, none, have replaced what was reserved");
    }

    [Fact]
    public async Task Decide_NothingNewToPush_KeepsWhatTheWaitingPlayReserved()
    {
        await SetAsync(_campaign, new DeliveryTerms { Goal = 1_000, NotForChildren = true });
        See(Rider(1));
        Decide();
        var before = Taken();
        _engine.PlayEnding(Screen.Id, new PlayEnding(null, TimeSpan.FromMinutes(1)));
        var waiting = Taken();
        Assert.InRange(waiting, before + 0.1, before + 2);

        See(Rider(1) with { ChildProbability = 0.9 });
        var pushed = 0;
        using var told = _engine.Pushed.Add(_ => pushed++);
        Assert.Null(Decide().Decision.CampaignId);
        Assert.Equal(0, pushed);
        Assert.Equal(waiting, Taken(), 9);
    }

    [Fact]
    public async Task Start_PlaysUnderWayFromBefore_StayReserved()
    {
        await SetAsync(_campaign, new DeliveryTerms { Goal = 1_000 });
        See(Rider(1));
        var decision = Decide().Decision;
        await StoredAsync(decision.Id);
        await using (var db = app.NewContext())
            await db.Screens.Where(s => s.Id == Screen.Id).ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, decision.At));

        var source = app.Services.GetRequiredService<NpgsqlDataSource>();
        using var again = Facts.NewPacing(source, TimeProvider.System);
        again.Take(app.Services.GetRequiredService<SnapshotReader>().Current, 0);
        using var budgets = new BudgetLeases(
            again, app.Services.GetRequiredService<SiteOwnership>(), source, TimeProvider.System, NullLogger<BudgetLeases>.Instance);
        await budgets.RunCycleAsync();
        Assert.Equal(decision.Expected, again.Book.TakenBy(again.Book.Table.NumberOf(_campaign.Id)!.Value), 9);
    }

    [Fact]
    public async Task Decide_RiderRecognisedWhoReachedTheCap_IsShownAnother()
    {
        await SetAsync(_campaign, new DeliveryTerms { Caps = [new FrequencyCap(1, CapUnit.Day, Hard: true)] });
        await RecogniseAsync(face: 5);
        Assert.Equal(_campaign.Id, Decide().Decision.CampaignId);
        var capped = Decide().Decision; // the one before counts, although it is neither reported nor stored
        Assert.Equal((DecisionReason.HeldBack, Gate.FrequencyCap), (capped.Reason, capped.Losers![0].Gate));
    }

    [Fact]
    public async Task Decide_ExperimentRunning_ShowsTheArmOfWhomItRecognises()
    {
        await using (var db = app.NewContext())
        {
            db.Add(ExperimentRides.Another(_creative, 1));
            await db.SaveChangesAsync();
        }
        var (experiment, problem) = await app.Services.GetRequiredService<ExperimentService>().StartAsync(
            new Viewer(_campaign.OrganisationId, false), _campaign.Id, new(ExperimentMetric.Attention, 0.03, _creative.Id, false));
        Assert.Null(problem);
        await app.Services.GetRequiredService<SnapshotReader>().RefreshAsync();
        See(Rider(1)); // not recognised: what screen and time decide
        var made = Decide();
        var arm = Arms.OfCabin(experiment!.Id, 2, _campaign.Targets, [], Screen.Id, made.Why.At);
        Assert.Equal(experiment.CreativeIds[arm], made.Decision.CreativeId);

        var person = await RecogniseAsync(face: 7);
        Assert.Equal(experiment.CreativeIds[Arms.OfPerson(experiment.Id, person, 2)], Decide().Decision.CreativeId);
    }

    // Somebody is in view, and recognised.
    private async Task<Guid> RecogniseAsync(int face)
    {
        var (audience, presence, from) = (Guid.NewGuid(), Guid.NewGuid(), Later());
        var now = _latest = from.AddSeconds(1);
        var told = new TaskCompletionSource<Guid>(TaskCreationOptions.RunContinuationsAsynchronously);
        var riders = app.Services.GetRequiredService<RecognisedRiders>();
        using var watching = riders.Changed.Add(screen =>
        {
            if (_audiences.Find(screen) is { } live && live.AudienceId == audience
                && riders.CabinOf(live).Riders is [{ Person: { } person }]) told.TrySetResult(person.Id);
        });
        await app.Services.GetRequiredService<ReportQueue>().AddAsync(Screen, Sample.Report(
            audience, 1, from, now, AudienceState.Open, Sample.Viewer(
                Segment.Women2030, from, now, 1, views: [Sample.Face(face, 0.2, 2), Sample.Face(face, 0.2, 3)], id: presence)));
        return await told.Task.WaitAsync(Wait.Limit);
    }

    private double Taken() => _pacing.Book.TakenBy(_pacing.Book.Table.NumberOf(_campaign.Id)!.Value);

    private void See(params PresenceReport[] riders)
    {
        var now = Later();
        _audiences.Update(Screen, Sample.Report(Guid.NewGuid(), 1, now, now, AudienceState.Open, riders));
    }

    // An audience that is older than the one before is ignored.
    private static DateTimeOffset Later()
    {
        var now = TimeProvider.System.GetUtcNow();
        return _latest = now > _latest ? now : _latest.AddMilliseconds(1);
    }

    private static PresenceReport Rider(int track)
    {
        var now = TimeProvider.System.GetUtcNow();
        return Sample.Viewer(Segment.Women2030, now.AddSeconds(-1), now, track);
    }

    // Each play ends at once, so that the next decision does not take its place.
    private DecisionMade Decide()
    {
        DecisionMade? made = null;
        using (_engine.Made.Add(m => made = m.Screen.Id == Screen.Id ? m : made))
            _engine.PlayEnding(Screen.Id, new PlayEnding(null, TimeSpan.Zero));
        return made!;
    }

    private async Task<(Campaign Campaign, Creative Creative)> AddAsync(
        DeliveryTerms terms, long budgetKrw = 1_000_000, PriceModel model = PriceModel.Flat, long? price = null)
    {
        await using var db = app.NewContext();
        var advertiser = await db.Organisations.SingleAsync(o => o.Id == app.Campaign.OrganisationId);
        var (campaign, creative) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Women2030], budgetKrw, model, price);
        (campaign.StartsOn, campaign.EndsOn, campaign.Delivery) = (app.Campaign.StartsOn, app.Campaign.EndsOn, terms);
        await db.SaveChangesAsync();
        await app.Services.GetRequiredService<SnapshotReader>().RefreshAsync();
        return (campaign, creative);
    }

    private async Task SetAsync(Campaign campaign, DeliveryTerms terms)
    {
        await using var db = app.NewContext();
        await db.Campaigns.Where(c => c.Id == campaign.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.Delivery, terms));
        await app.Services.GetRequiredService<SnapshotReader>().RefreshAsync();
    }

    private async Task PauseAsync(Campaign campaign)
    {
        await using var db = app.NewContext();
        await db.Campaigns.Where(c => c.Id == campaign.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CampaignState.Paused));
        await app.Services.GetRequiredService<SnapshotReader>().RefreshAsync();
    }

    private async Task StoredAsync(Guid decision)
    {
        await using var db = app.NewContext();
        await Wait.UntilAsync(async () => await db.Decisions.AnyAsync(d => d.Id == decision), "the decision is stored");
    }
}
