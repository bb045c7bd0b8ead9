using FaceAd.Web.Cluster;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Cluster;

/// <summary>How sites are evened out.</summary>
public sealed class FairShareTests
{
    /// <summary>
    /// Nodes in any order, one at a time: each move makes the numbers more even, so that none is ever undone; in the end all that take
    /// sites have nearly the same, those that drain have none, and nothing moves any more.
    /// </summary>
    [Fact]
    public void Of_AnyNodes_SettleAndNothingMovesBack() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var nodes = Enumerable.Range(0, random.Next(1, 9)).Select(_ => new NodeLoad(
            Guid.NewGuid(), new Uri("http://10.0.0.1/"), random.Next(4) == 0 ? 0 : random.Next(300), random.Next(6) > 0,
            random.Next(6) == 0)).ToList();
        var (all, moves) = (nodes.Sum(n => n.Sites), 0);
        while (nodes.Exists(n => FairShare.Of(nodes, n.Id) is not null))
        {
            var at = random.Next(nodes.Count);
            if (FairShare.Of(nodes, nodes[at].Id) is not var (heir, sites)) continue;
            Assert.True(++moves <= all, "sites move without an end");
            Assert.InRange(sites, 1, FairShare.Batch);
            var to = nodes.FindIndex(n => n.Id == heir.Id);
            var before = Unevenness();
            (nodes[at], nodes[to]) = (nodes[at] with { Sites = nodes[at].Sites - sites }, nodes[to] with { Sites = heir.Sites + sites });
            Assert.True(nodes[at].Sites >= 0 && nodes[to].Takes);
            if (!nodes[at].Drains) Assert.True(Unevenness() < before);
        }
        Assert.Equal(all, nodes.Sum(n => n.Sites));
        var taking = nodes.Where(n => n.Takes).ToList();
        if (taking.Count == 0) return;
        var share = taking.Sum(n => n.Sites) / taking.Count;
        Assert.InRange(taking.Max(n => n.Sites) - taking.Min(n => n.Sites), 0, FairShare.Slack(share));
        Assert.All(nodes.Where(n => n.Drains), n => Assert.Equal(0, n.Sites));

        long Unevenness() => nodes.Where(n => n.Takes).Sum(n => (long)n.Sites * n.Sites);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_ANewNode_GetsItsShareFromAll()
    {
        List<NodeLoad> nodes = [.. Enumerable.Range(0, 4).Select(_ => Node(10)), Node(0)];
        for (var round = 0; round < 20; round++)
        {
            for (var at = 0; at < nodes.Count; at++)
            {
                if (FairShare.Of(nodes, nodes[at].Id) is not var (heir, sites)) continue;
                nodes = [.. nodes.Select((n, i) => i == at ? n with { Sites = n.Sites - sites }
                    : n.Id == heir.Id ? n with { Sites = n.Sites + sites } : n)];
            }
        }
        Assert.All(nodes, n => Assert.Equal(8, n.Sites));
    }

    [Fact]
    public void Of_NobodyElseTakes_Nothing()
    {
        var full = Node(50);
        Assert.Null(FairShare.Of([full], full.Id));
        Assert.Null(FairShare.Of([full, Node(0) with { Serves = false }], full.Id)); // has not started, or is of an earlier version
        Assert.Null(FairShare.Of([full, Node(0) with { Drains = true }], full.Id));
        Assert.Null(FairShare.Of([full, Node(0) with { Address = null }], full.Id));
        Assert.Null(FairShare.Of([Node(0)], full.Id)); // was taken for dead
    }

    private static NodeLoad Node(int sites) => new(Guid.NewGuid(), new Uri("http://10.0.0.1/"), sites, true, false);
}
