using FaceAd.Bench.Delivery;

namespace FaceAd.Bench.Forecasts;

/// <summary>A policy, and which contract each slot went to.</summary>
sealed class Recorder(IDeliveryPolicy policy) : IDeliveryPolicy
{
    /// <summary>The slots that a contract won.</summary>
    public List<(Slot Slot, Contract Contract)> Shown { get; } = [];

    public string Name => policy.Name;

    public bool AsksGates => policy.AsksGates;

    public void Advance(DateTimeOffset now, int day, double hour) => policy.Advance(now, day, hour);

    public Contract? Choose(Slot slot, IReadOnlyList<(Contract Contract, int Expected)> candidates)
    {
        var chosen = policy.Choose(slot, candidates);
        if (chosen is not null) Shown.Add((slot, chosen));
        return chosen;
    }

    public void Reported(Contract contract, int expected, int brought, int impressions) =>
        policy.Reported(contract, expected, brought, impressions);
}
