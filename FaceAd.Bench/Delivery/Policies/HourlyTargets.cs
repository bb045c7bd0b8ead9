namespace FaceAd.Bench.Delivery.Policies;

/// <summary>
/// Xibo's rule for campaigns with a target: an even target per day and hour; a campaign is left out at 100 % of its goal, or when it is 5 %
/// ahead; the others take turns.
/// </summary>
/// <param name="contracts">The contracts.</param>
sealed class HourlyTargets(IReadOnlyList<Contract> contracts) : IDeliveryPolicy
{
    const double Ahead = 1.05;

    readonly Progress _progress = new(contracts.Count);
    readonly DateTimeOffset[] _shown = new DateTimeOffset[contracts.Count];
    readonly double[] _planned = new double[contracts.Count];

    public string Name => "hourly targets (Xibo)";

    public void Advance(DateTimeOffset now, int day, double hour)
    {
        foreach (var contract in contracts)
        {
            var passed = (day - contract.FirstDay + (Math.Ceiling(hour) / 24)) / contract.Days;
            _planned[contract.Number] = contract.Goal * Math.Clamp(passed, 0, 1);
        }
    }

    public Contract? Choose(Slot slot, IReadOnlyList<(Contract Contract, int Expected)> candidates)
    {
        var chosen = candidates.Select(c => c.Contract)
            .Where(c => !_progress.IsDone(c) && _progress[c] <= _planned[c.Number] * Ahead).MinBy(c => _shown[c.Number]);
        if (chosen is not null) _shown[chosen.Number] = slot.At;
        return chosen;
    }

    public void Reported(Contract contract, int expected, int brought, int impressions) => _progress.Add(contract, brought);
}
