namespace FaceAd.Bench.Delivery.Policies;

/// <summary>A proportional-integral controller of each campaign's bid, on the forecast curve of its supply.</summary>
/// <param name="contracts">The contracts.</param>
/// <param name="forecast">Supply to come.</param>
sealed class PiController(IReadOnlyList<Contract> contracts, Forecast forecast) : IDeliveryPolicy
{
    const double Proportional = 10, Integral = 0.5; // a tenth of the goal behind doubles the bid; not tuned further
    static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    readonly Progress _progress = new(contracts.Count);
    readonly double[] _bids = [.. contracts.Select(_ => 1.0)];
    readonly double[] _sums = new double[contracts.Count];
    DateTimeOffset _next;

    public string Name => "PI controller";

    public void Advance(DateTimeOffset now, int day, double hour)
    {
        if (now < _next) return;
        _next = now + Every;
        foreach (var contract in contracts)
        {
            var error = (forecast.Until(contract, day, hour) / Math.Max(1, forecast.Whole(contract)))
                - ((double)_progress[contract] / contract.Goal);
            _sums[contract.Number] = Math.Clamp(_sums[contract.Number] + (error / 60), -1, 1); // hours; no more wind-up than this
            _bids[contract.Number] = Math.Clamp(1 + (Proportional * error) + (Integral * _sums[contract.Number]), 0, 5);
        }
    }

    public Contract? Choose(Slot slot, IReadOnlyList<(Contract Contract, int Expected)> candidates) =>
        candidates.Where(c => !_progress.IsDone(c.Contract) && _bids[c.Contract.Number] > 0)
            .OrderByDescending(c => c.Expected * c.Contract.PriceKrw * _bids[c.Contract.Number]).Select(c => c.Contract).FirstOrDefault();

    public void Reported(Contract contract, int expected, int brought, int impressions) => _progress.Add(contract, brought);
}
