using FaceAd.Core;
using FaceAd.Core.Decisions;

namespace FaceAd.Bench.Delivery.Policies;

/// <summary>The first source system's rule, by <see cref="Decider"/> itself, on a snapshot that is taken anew each second.</summary>
sealed class CostPerImpression : IDeliveryPolicy
{
    static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);

    readonly IReadOnlyList<Contract> _contracts;
    readonly SnapshotCampaign[] _campaigns;
    DecisionSnapshot _snapshot = DecisionSnapshot.Empty;

    /// <summary>Creates the policy.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="contracts">The contracts.</param>
    public CostPerImpression(Trace trace, IReadOnlyList<Contract> contracts)
    {
        ArgumentNullException.ThrowIfNull(trace);
        (_contracts, _campaigns) = (contracts, [.. contracts.Select(c => SimulatedNetwork.Campaign(c, trace))]);
    }

    public string Name => "cost per impression";

    public bool AsksGates => false;

    public void Advance(DateTimeOffset now, int day, double hour)
    {
        if (now - _snapshot.TakenAt >= Refresh) _snapshot = new DecisionSnapshot(now, [.. _campaigns], []);
    }

    public Contract? Choose(Slot slot, IReadOnlyList<(Contract Contract, int Expected)> candidates)
    {
        Rider[] riders = [.. slot.Seats.Where(s => s.InView).Select((s, i) => new Rider(
            SimulatedNetwork.Presence(s, slot) with { TrackId = i + 1 }))];
        var cabin = new Cabin(SimulatedNetwork.Site(slot.Site), SiteCalendar.Default, riders);
        var why = Decider.Decide(_snapshot, cabin, slot.At);
        if (why.Winner is not { } winner) return null;
        var chosen = _contracts[Array.FindIndex(_campaigns, c => c.Id == winner.Campaign.Id)];
        _campaigns[chosen.Number] = _campaigns[chosen.Number] with { LastPlayAt = slot.At };
        return chosen;
    }

    public void Reported(Contract contract, int expected, int brought, int impressions)
    {
        var campaign = _campaigns[contract.Number];
        _campaigns[contract.Number] = campaign with
        {
            Impressions = campaign.Impressions + impressions,
            TargetImpressions = campaign.TargetImpressions + brought,
        };
    }
}
