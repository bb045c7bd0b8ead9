namespace FaceAd.Bench.Delivery.Bounds;

/// <summary>
/// An upper bound on what any policy can earn, with hindsight. Any prices of the goals, mu &gt;= 0, give one (weak duality):
/// sum over contracts of mu_i x goal_i, plus over slots of the best n_i (v_i - mu_i) above 0. Caps, separation and child safety are left
/// out, so that nothing feasible lies above it. The prices come from projected subgradient steps.
/// </summary>
static class DualBound
{
    const int Rounds = 1000;
    const double FirstStep = 8; // KRW

    /// <summary>The lowest bound that was found, KRW.</summary>
    /// <param name="supply">What there is to distribute.</param>
    /// <param name="contracts">The contracts.</param>
    public static double Of(IReadOnlyList<SupplyNode> supply, IReadOnlyList<Contract> contracts)
    {
        ArgumentNullException.ThrowIfNull(supply);
        ArgumentNullException.ThrowIfNull(contracts);
        // Prices equal to the values give the value of everything that is booked.
        var (prices, best) = (new double[contracts.Count], contracts.Sum(c => c.PriceKrw * c.Goal));
        for (var round = 0; round < Rounds; round++)
        {
            var (bound, taken) = (contracts.Sum(c => prices[c.Number] * c.Goal), new double[contracts.Count]);
            foreach (var node in supply)
            {
                var (value, number, count) = (0.0, -1, 0);
                foreach (var (candidate, n) in node.Offers)
                {
                    var worth = n * (contracts[candidate].PriceKrw - prices[candidate]);
                    if (worth > value) (value, number, count) = (worth, candidate, n);
                }
                bound += node.Weight * value;
                if (number >= 0) taken[number] += node.Weight * count;
            }
            best = Math.Min(best, bound);
            var step = FirstStep / Math.Sqrt(round + 1);
            foreach (var c in contracts)
                prices[c.Number] = Math.Clamp(prices[c.Number] + (step * (taken[c.Number] - c.Goal) / c.Goal), 0, c.PriceKrw);
        }
        return best;
    }
}
