using FaceAd.Bench.Delivery;
using FaceAd.Bench.Delivery.Bounds;
using FaceAd.Core;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Bench.Delivery;

public sealed class BoundTests
{
    private static readonly Gen<(IReadOnlyList<SupplyNode> Supply, IReadOnlyList<Contract> Contracts)> Drawn =
        from count in Gen.Choose(1, 6)
        from prices in Gen.Choose(10, 60).ListOf(count)
        from goals in Gen.Choose(1, 60).ListOf(count)
        from nodes in (
            from weight in Gen.Choose(1, 10)
            from counts in Gen.Choose(0, 3).ListOf(count)
            select new SupplyNode(weight, [.. counts.Select((n, i) => (i, n)).Where(o => o.n > 0)])).ListOf(12)
        select (
            (IReadOnlyList<SupplyNode>)[.. nodes.Where(n => n.Offers.Count > 0)],
            (IReadOnlyList<Contract>)[.. prices.Select((p, i) => Of(i, p, goals[i]))]);

    // One slot for two contracts, the dearer of which wants half of what the slot brings.
    [Fact]
    public void Of_OneSlotAndTwoContracts_IsWhatAPersonWouldWorkOut()
    {
        SupplyNode[] supply = [new(1, [(0, 2), (1, 2)])];
        Contract[] contracts = [Of(0, 50, 1), Of(1, 10, 100)];
        Assert.Equal(60, ExactBound.Of(supply, contracts), 6); // half of it to each: 1 x 50 + 1 x 10
        Assert.Equal(60, DualBound.Of(supply, contracts), 1);
    }

    [Fact]
    public void Of_AnySupply_DualLiesJustAboveTheOptimumAndGreedyBelowIt() =>
        Prop.ForAll(Drawn.ToArbitrary(), drawn =>
        {
            var (exact, dual) = (ExactBound.Of(drawn.Supply, drawn.Contracts), DualBound.Of(drawn.Supply, drawn.Contracts));
            Assert.InRange(dual, exact - 1e-6, (exact * 1.05) + 5);
            Assert.True(Greedy(drawn.Supply, drawn.Contracts) <= exact + 1e-6);
        }).QuickCheckThrowOnFailure();

    private static double Greedy(IReadOnlyList<SupplyNode> supply, IReadOnlyList<Contract> contracts)
    {
        var (left, value) = (contracts.Select(c => (double)c.Goal).ToArray(), 0.0);
        foreach (var node in supply)
        {
            for (var slot = 0; slot < node.Weight; slot++)
            {
                var (contract, count) = node.Offers.MaxBy(o => Math.Min(o.Count, left[o.Contract]) * contracts[o.Contract].PriceKrw);
                var got = Math.Min(count, left[contract]);
                left[contract] -= got;
                value += got * contracts[contract].PriceKrw;
            }
        }
        return value;
    }

    private static Contract Of(int number, double price, int goal) =>
        new(number, [Segment.Silver], new HashSet<int> { 0 }, 0, 0, ~0, price, null, 0, false) { Goal = goal };
}
