using FaceAd.Bench.Delivery.Bounds;
using FaceAd.Demo.History;

namespace FaceAd.Bench.Delivery.Policies;

/// <summary>
/// SHALE (Bharadwaj, Chen, Ma, Nagarajan, Tomlin, Vassilvitskii, Vee, Yang; arXiv 1203.3619): a plan for the expected supply, kept as one
/// number alpha for each contract and made anew each night for what is left. A slot goes to contract j with probability
/// max(0, theta_j (1 + alpha_j - beta)), where theta is demand by supply and beta keeps the sum at 1 or below.
/// </summary>
/// <param name="trace">What happens; only the days to learn from are looked at.</param>
/// <param name="contracts">The contracts.</param>
/// <param name="seed">Seed of chance.</param>
sealed class Shale(Trace trace, IReadOnlyList<Contract> contracts, int seed) : IDeliveryPolicy
{
    const int Rounds = 15;
    const double MostAlpha = 20;

    readonly Progress _progress = new(contracts.Count);
    readonly Chance _chance = new(seed);
    readonly double[] _theta = new double[contracts.Count];
    readonly double[] _alpha = new double[contracts.Count];
    readonly Dictionary<int, IReadOnlyList<SupplyNode>> _days = [];
    int _day = -1;

    public string Name => "SHALE";

    public void Advance(DateTimeOffset now, int day, double hour)
    {
        if (day == _day) return;
        _day = day;
        Plan([.. Enumerable.Range(day, trace.Days - day).SelectMany(Expected)]);
    }

    public Contract? Choose(Slot slot, IReadOnlyList<(Contract Contract, int Expected)> candidates)
    {
        List<int> can = [.. candidates.Where(c => !_progress.IsDone(c.Contract)).Select(c => c.Contract.Number)];
        var (beta, left) = (Beta(can), _chance.Between(0, 1));
        foreach (var number in can)
        {
            if ((left -= Share(number, beta)) < 0) return contracts[number];
        }
        return null;
    }

    public void Reported(Contract contract, int expected, int brought, int impressions) => _progress.Add(contract, brought);

    IReadOnlyList<SupplyNode> Expected(int day)
    {
        if (!_days.TryGetValue(day, out var supply)) _days.Add(day, supply = Supply.Expected(trace, contracts, day));
        return supply;
    }

    void Plan(IReadOnlyList<SupplyNode> supply)
    {
        var all = new double[contracts.Count];
        var of = contracts.Select(_ => new List<(int Node, double Count)>()).ToArray();
        for (var node = 0; node < supply.Count; node++)
        {
            foreach (var (contract, count) in supply[node].Offers)
            {
                all[contract] += supply[node].Weight * count;
                of[contract].Add((node, supply[node].Weight * count));
            }
        }
        foreach (var c in contracts)
            (_theta[c.Number], _alpha[c.Number]) = (Math.Min(1, Math.Max(0, c.Goal - _progress[c]) / Math.Max(1e-9, all[c.Number])), 0);
        var betas = new double[supply.Count];
        for (var round = 0; round < Rounds; round++)
        {
            for (var node = 0; node < supply.Count; node++) betas[node] = Beta([.. supply[node].Offers.Select(o => o.Contract)]);
            foreach (var c in contracts) _alpha[c.Number] = Alpha(c, of[c.Number], betas);
        }
    }

    // The least alpha with which a contract gets what is left of its goal.
    double Alpha(Contract contract, List<(int Node, double Count)> nodes, double[] betas)
    {
        var (low, high, left) = (0.0, MostAlpha, contract.Goal - _progress[contract]);
        for (var i = 0; i < 20; i++)
        {
            var alpha = (low + high) / 2;
            var got = nodes.Sum(n => n.Count * Math.Clamp(_theta[contract.Number] * (1 + alpha - betas[n.Node]), 0, 1));
            (low, high) = got < left ? (alpha, high) : (low, alpha);
        }
        return high;
    }

    double Share(int number, double beta) => Math.Max(0, _theta[number] * (1 + _alpha[number] - beta));

    double Beta(List<int> numbers)
    {
        if (numbers.Sum(n => Share(n, 0)) <= 1) return 0;
        var (low, high) = (0.0, 1 + MostAlpha);
        for (var i = 0; i < 30; i++)
        {
            var beta = (low + high) / 2;
            (low, high) = numbers.Sum(n => Share(n, beta)) > 1 ? (beta, high) : (low, beta);
        }
        return high;
    }
}
