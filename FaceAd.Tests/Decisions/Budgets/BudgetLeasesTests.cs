using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Cluster;
using FaceAd.Tests.Operations;
using FaceAd.Tests.Support;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Decisions.Budgets;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FaceAd.Tests.Decisions.Budgets;

/// <summary>Nodes that share a goal by the rows of a real database. Each round is asked for; who lives is their own to know.</summary>
public sealed class BudgetLeasesTests : IAsyncLifetime
{
    private const int Goal = 60;
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private readonly WatchdogTests.Later _clock = new();
    private TestDatabase _database = null!;
    private OwnershipNodes _nodes = null!;
    private Guid _campaign;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _nodes = new OwnershipNodes(_database.ConnectionString);
        await using var db = _database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        var (campaign, _) = await Sample.AddCampaignAsync(
            db, advertiser, [Segment.Men2030], Goal * 10_000, PriceModel.PerThousand, 10_000_000);
        _campaign = campaign.Id;
        await StoreAsync(0);
    }

    public async Task DisposeAsync()
    {
        await _nodes.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task RunCycle_TwoNodesWantTheLastImpressions_ReachTheGoalAndNoMore()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        await MeetAsync(one, two);
        var stored = 0;
        await Task.WhenAll(DeliverAsync(one), DeliverAsync(two));
        Assert.InRange(stored, Goal, Goal + 1);

        async Task DeliverAsync(Member node)
        {
            for (var round = 0; Volatile.Read(ref stored) < Goal; round++)
            {
                Assert.InRange(round, 0, 2_000);
                await node.Budgets.RunCycleAsync();
                if (!node.TryCommit(1)) continue;
                Interlocked.Increment(ref stored);
                await StoreAsync(1);
                node.Pacing.Book.Settle([(node.Decision, 1)]);
                var settled = node.Pacing.Book.BeginCount();
                node.Take(await StoredAsync(), settled);
            }
        }
    }

    [Fact]
    public async Task RunCycle_AnotherNodeComesAndGoes_AsksNobodyWhileAlone()
    {
        var one = await StartAsync();
        await one.Budgets.RunCycleAsync();
        Assert.True(one.TryCommit(20)); // whatever it is
        Assert.Equal((1, 0), (await CountAsync("budget_holders WHERE alone"), await CountAsync("budget_leases")));

        var two = await StartAsync();
        await two.Budgets.RunCycleAsync();
        Assert.False(two.TryCommit(1)); // until the first one has heard of it
        await MeetAsync(one, two);
        Assert.False(one.TryCommit(20));
        Assert.True(two.TryCommit(3));
        Assert.InRange(await HeldAsync(one), 20, 28);

        await two.Budgets.StopAsync(default);
        Assert.Equal(3, await HeldAsync(two)); // may still be reported
        await two.Node.StopAsync(default);
        await Wait.UntilAsync(() => one.Node.Peers.Count == 0, "the other is gone");
        await one.Budgets.RunCycleAsync();
        Assert.True(one.TryCommit(20));
        Assert.Equal((1, 0), (await CountAsync("budget_holders"), await CountAsync("budget_leases")));
    }

    // Nobody knows what was under way on a node that was alone but from its decisions.
    [Fact]
    public async Task RunCycle_NodeThatWasAloneIsDead_OthersLookForItsPlaysFirst()
    {
        var one = await StartAsync();
        await one.Budgets.RunCycleAsync();
        await one.Node.StopAsync(default);
        var (two, three) = (await StartAsync(), await StartAsync());
        await Wait.UntilAsync(() => two.Node.Peers.Count == 1 && three.Node.Peers.Count == 1, "they know of each other");
        await two.Budgets.RunCycleAsync();
        Assert.False(two.TryCommit(1));
        await two.Budgets.RunCycleAsync();
        await three.Budgets.RunCycleAsync();
        Assert.True(two.TryCommit(1) && three.TryCommit(1));
    }

    [Fact]
    public async Task TryCommit_NodeHungForTenMinutes_CommitsNothingByWhatItHeld()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        await MeetAsync(one, two);
        Assert.True(one.TryCommit(1));
        _clock.Ahead = TimeSpan.FromMinutes(11);
        Assert.False(one.TryCommit(1));
        await one.Budgets.RunCycleAsync();
        Assert.True(one.TryCommit(1));
        Assert.InRange(await HeldAsync(one), 2, 20);
    }

    private static async Task MeetAsync(Member one, Member two)
    {
        await Wait.UntilAsync(() => one.Node.Peers.Count == 1 && two.Node.Peers.Count == 1, "they know of each other");
        await one.Budgets.RunCycleAsync();
        await two.Budgets.RunCycleAsync();
    }

    private async Task<Member> StartAsync()
    {
        var node = await _nodes.StartAsync(null);
        await node.Entered;
        var pacing = Facts.NewPacing(_database.Source, TimeProvider.System);
        var budgets = new BudgetLeases(pacing, node, _database.Source, _clock, NullLogger<BudgetLeases>.Instance);
        pacing.Book.Share(holds: false);
        var member = new Member(node, pacing, budgets, _campaign);
        member.Take(0, 0);
        return member;
    }

    private async Task StoreAsync(long more)
    {
        await using var connection = await _database.Source.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            INSERT INTO campaign_totals (campaign_id, plays, measured_plays, impressions, target_impressions) VALUES ($1, 0, 0, 0, $2)
            ON CONFLICT (campaign_id) DO UPDATE SET target_impressions = campaign_totals.target_impressions + $2
            """, [_campaign, more], default);
    }

    private Task<long> StoredAsync() => AskAsync("SELECT target_impressions FROM campaign_totals", r => r.GetInt64(0));

    private Task<int> CountAsync(string rows) => AskAsync($"SELECT count(*)::int FROM {rows}", r => r.GetInt32(0));

    private Task<double> HeldAsync(Member node) =>
        AskAsync($"SELECT reserved FROM budget_leases WHERE node_id = '{node.Node.NodeId}'", r => r.GetDouble(0));

    private async Task<T> AskAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var connection = await _database.Source.OpenConnectionAsync();
        return Assert.Single(await connection.QueryAsync(sql, [], read, default));
    }

    private sealed record Member(SiteOwnership Node, PacingKeeper Pacing, BudgetLeases Budgets, Guid Campaign)
    {
        public Guid Decision { get; private set; }

        public bool TryCommit(double expected) => Budgets.TryCommit(Decision = Guid.NewGuid(), Campaign, expected, Now);

        public void Take(long stored, int settled)
        {
            var campaign = Sample.Snapshot(
                Campaign, [Segment.Men2030], Goal * 10_000, model: PriceModel.PerThousand, price: 10_000_000, target: stored);
            Pacing.Take(new DecisionSnapshot(Now, [campaign], []), settled);
        }
    }
}
