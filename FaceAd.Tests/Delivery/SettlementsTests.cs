using System.Text.Json;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Delivery;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Delivery;

/// <summary>What the audit log says of a campaign whose goal was promised, once it is over.</summary>
public sealed class SettlementsTests : IAsyncLifetime
{
    private static readonly DateOnly End = new(2026, 3, 18);
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task RunCycleAsync_EndedTwoDaysAgo_SettlesItOnce()
    {
        var campaign = await AddAsync(goal: 1_000, delivered: 600);
        Assert.Equal(0, await RunAsync(End.AddDays(2)));
        Assert.Equal(1, await RunAsync(End.AddDays(3)));
        Assert.Equal(0, await RunAsync(End.AddDays(4)));

        var entry = Assert.Single(await AboutAsync(campaign.Id));
        Assert.Equal((AuditVerb.CampaignSettled, null, "Spring"), (entry.Verb, entry.UserName, entry.SubjectName));
        Assert.Equal(
            new Dictionary<string, string> { ["goal"] = "1000", ["delivered"] = "600", ["cost"] = "1000000", ["credit"] = "400000" },
            JsonSerializer.Deserialize<Dictionary<string, string>>(entry.Details!));
    }

    [Fact]
    public async Task RunCycleAsync_FlightExtendedAfterwards_SettlesItsNewEndToo()
    {
        var campaign = await AddAsync(goal: 1_000, delivered: 600);
        await RunAsync(End.AddDays(3));
        await using (var db = _database.Contexts.CreateDbContext())
        {
            await db.Campaigns.ExecuteUpdateAsync(s => s.SetProperty(c => c.EndsOn, End.AddDays(10)));
            await db.CampaignTotals.ExecuteUpdateAsync(s => s.SetProperty(t => t.TargetImpressions, 1_000));
        }
        Assert.Equal(0, await RunAsync(End.AddDays(5)));
        Assert.Equal(1, await RunAsync(End.AddDays(13)));
        Assert.Equal(["400000", "0"], (await AboutAsync(campaign.Id)).Select(e =>
            JsonSerializer.Deserialize<Dictionary<string, string>>(e.Details!)!["credit"]));
    }

    [Fact]
    public async Task RunCycleAsync_NothingPromisedOrNeverBooked_SettlesNothing()
    {
        await AddAsync(goal: null, delivered: 600);
        await AddAsync(goal: 1_000, delivered: 0, CampaignState.Rejected);
        Assert.Equal(0, await RunAsync(End.AddDays(3)));
    }

    [Fact]
    public async Task RunCycleAsync_TwoNodesAtOnce_WriteItOnce()
    {
        var campaign = await AddAsync(goal: 1_000, delivered: 600);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RunAsync(End.AddDays(3))));
        Assert.Single(await AboutAsync(campaign.Id));
    }

    private async Task<Campaign> AddAsync(long? goal, long delivered, CampaignState state = CampaignState.Approved)
    {
        await using var db = _database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        var (campaign, _) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver]);
        campaign.Delivery = DeliveryTerms.Default with { Goal = goal };
        campaign.State = state;
        db.Add(new CampaignTotal { CampaignId = campaign.Id, TargetImpressions = delivered });
        await db.SaveChangesAsync();
        return campaign;
    }

    private Task<int> RunAsync(DateOnly day)
    {
        var clock = new SetClock(new DateTimeOffset(day, new TimeOnly(12, 0), TimeSpan.Zero));
        using var settlements = new Settlements(_database.Contexts, clock, NullLogger<Settlements>.Instance);
        return settlements.RunCycleAsync(default);
    }

    private async Task<IReadOnlyList<AuditEntry>> AboutAsync(Guid campaign)
    {
        await using var db = _database.Contexts.CreateDbContext();
        return await db.AuditEntries.Where(e => e.SubjectId == campaign).OrderBy(e => e.Id).ToListAsync();
    }
}
