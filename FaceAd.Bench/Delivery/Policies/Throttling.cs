using FaceAd.Demo.History;

namespace FaceAd.Bench.Delivery.Policies;

/// <summary>
/// LinkedIn's throttling (Agarwal, Ghosh, Wei, You: Budget Pacing for Targeted Online Advertisements at LinkedIn, KDD 2014): each campaign
/// takes part with a rate that rises or falls by a tenth a minute, as its delivery is behind or ahead of its forecast share of supply.
/// Among those that take part, the best price times expected impressions.
/// </summary>
/// <param name="contracts">The contracts.</param>
/// <param name="forecast">Supply to come.</param>
/// <param name="seed">Seed of chance.</param>
sealed class Throttling(IReadOnlyList<Contract> contracts, Forecast forecast, int seed) : IDeliveryPolicy
{
    const double FirstRate = 0.1, Step = 0.1;
    static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    readonly Progress _progress = new(contracts.Count);
    readonly double[] _rates = [.. contracts.Select(_ => FirstRate)];
    readonly Chance _chance = new(seed);
    DateTimeOffset _next;

    public string Name => "throttling (LinkedIn)";

    public void Advance(DateTimeOffset now, int day, double hour)
    {
        if (now < _next) return;
        _next = now + Every;
        foreach (var contract in contracts)
        {
            var planned = contract.Goal * forecast.Until(contract, day, hour) / Math.Max(1, forecast.Whole(contract));
            var rate = _rates[contract.Number] * (_progress[contract] > planned ? 1 - Step : 1 + Step);
            _rates[contract.Number] = Math.Clamp(rate, 0.001, 1);
        }
    }

    public Contract? Choose(Slot slot, IReadOnlyList<(Contract Contract, int Expected)> candidates) =>
        candidates.Where(c => !_progress.IsDone(c.Contract) && _chance.Is(_rates[c.Contract.Number]))
            .OrderByDescending(c => c.Expected * c.Contract.PriceKrw).Select(c => c.Contract).FirstOrDefault();

    public void Reported(Contract contract, int expected, int brought, int impressions) => _progress.Add(contract, brought);
}
