namespace FaceAd.Bench.Delivery.Policies;

/// <summary>
/// Expected impressions times what each is worth beyond its campaign's pacing price: n (v - theta), the best one above 0. Theta follows a
/// target curve: up when the campaign is ahead of it, down when it is behind, within -p and v. A push counts at once, not when its
/// play is reported. After Balseiro, Lu, Mirrokni (dual mirror descent) and arXiv 2302.02006.
/// </summary>
/// <param name="contracts">The contracts.</param>
/// <param name="forecast">Supply to come; null for a flat curve over the flight.</param>
sealed class PacedValue(IReadOnlyList<Contract> contracts, Forecast? forecast) : IDeliveryPolicy
{
    // A campaign that is ahead by 1/300 of its goal rests. Of 100, 300 and 1000, and of 2, 5 and 20, the best on seeds 101 to 103: 1000
    // follows the curve closer, and leaves a tenth of the contracts an impression short at their end.
    const double Gain = 300, Penalty = 2;

    static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    readonly Progress _progress = new(contracts.Count);
    readonly double[] _planned = new double[contracts.Count];
    readonly int[] _pushed = new int[contracts.Count];
    readonly (double Delivered, double Left)[] _plan = new (double, double)[contracts.Count];
    DateTimeOffset _next;
    int _day = -1;

    public string Name => forecast is null ? "dual descent, flat curve" : "paced value (ours)";

    public void Advance(DateTimeOffset now, int day, double hour)
    {
        if (day != _day) Replan(day);
        if (now < _next) return;
        _next = now + Every;
        foreach (var contract in contracts)
        {
            if (day < contract.FirstDay || day > contract.LastDay) continue;
            _planned[contract.Number] = Planned(contract, day, hour);
        }
    }

    public Contract? Choose(Slot slot, IReadOnlyList<(Contract Contract, int Expected)> candidates)
    {
        var (best, chosen) = (0.0, (Contract?)null);
        foreach (var (contract, expected) in candidates)
        {
            if (Committed(contract) >= contract.Goal) continue;
            var score = expected * (contract.PriceKrw - Theta(contract));
            if (score > best) (best, chosen) = (score, contract);
        }
        if (chosen is not null) _pushed[chosen.Number] += chosen.Expects(slot);
        return chosen;
    }

    public void Reported(Contract contract, int expected, int brought, int impressions)
    {
        _pushed[contract.Number] = Math.Max(0, _pushed[contract.Number] - expected); // none after a loss
        _progress.Add(contract, brought);
    }

    public void Lost()
    {
        Array.Clear(_pushed);
        _day = -1;
    }

    // Relative to the goal, so that a small campaign is steered as firmly as a large one.
    double Theta(Contract contract)
    {
        var ahead = (Committed(contract) - _planned[contract.Number]) / Math.Max(20, contract.Goal);
        return contract.PriceKrw * Math.Clamp(Gain * ahead, -Penalty, 1);
    }

    int Committed(Contract contract) => _progress[contract] + _pushed[contract.Number];

    // Each night, what is left of the goal is spread over what is left of the supply.
    void Replan(int day)
    {
        _day = day;
        foreach (var contract in contracts) _plan[contract.Number] = (Committed(contract), Passed(contract, day, 0));
    }

    double Planned(Contract contract, int day, double hour)
    {
        var (delivered, passed) = _plan[contract.Number];
        var share = (Passed(contract, day, hour) - passed) / Math.Max(1e-9, 1 - passed);
        return delivered + ((contract.Goal - delivered) * Math.Clamp(share, 0, 1));
    }

    double Passed(Contract contract, int day, double hour) =>
        forecast is null ? Math.Clamp((day - contract.FirstDay + (hour / 24)) / contract.Days, 0, 1)
        : forecast.Until(contract, day, hour) / Math.Max(1e-9, forecast.Whole(contract));
}
