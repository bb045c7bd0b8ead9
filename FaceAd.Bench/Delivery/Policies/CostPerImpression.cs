using FaceAd.Core;
using FaceAd.Core.Decisions;

namespace FaceAd.Bench.Delivery.Policies;

/// <summary>Today's rule, by <see cref="Decider"/> itself, on a snapshot that is taken anew each second.</summary>
sealed class CostPerImpression : IDeliveryPolicy
{
    static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);

    readonly IReadOnlyList<Contract> _contracts;
    readonly SnapshotCampaign[] _campaigns;
    readonly Guid[] _sites;
    DecisionSnapshot _snapshot = DecisionSnapshot.Empty;

    /// <summary>Creates the policy.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="contracts">The contracts.</param>
    public CostPerImpression(Trace trace, IReadOnlyList<Contract> contracts)
    {
        ArgumentNullException.ThrowIfNull(trace);
        (_contracts, _sites) = (contracts, [.. Enumerable.Range(0, trace.Sites).Select(i => Id(i, 1))]);
        _campaigns = [.. contracts.Select(c => new SnapshotCampaign
        {
            Id = Id(c.Number, 2),
            StartsOn = trace.FirstDay.AddDays(c.FirstDay),
            EndsOn = trace.FirstDay.AddDays(c.LastDay),
            Targets = c.Targets,
            SiteIds = [.. c.Sites.Select(s => _sites[s])],
            Hours = c.Hours,
            PriceModel = PriceModel.PerThousand,
            BudgetKrw = (long)(c.PriceKrw * c.Goal),
            PricePerThousandKrw = (long)(c.PriceKrw * 1000),
            Impressions = 0,
            TargetImpressions = 0,
            Creatives = [new SnapshotCreative(Id(c.Number, 3), "Video", new string('a', 64), 1, Slot.Length.TotalSeconds)],
        })];
    }

    public string Name => "today: cost per impression";

    public bool AsksGates => false;

    public void Advance(DateTimeOffset now, int day, double hour)
    {
        if (now - _snapshot.TakenAt >= Refresh) _snapshot = new DecisionSnapshot(now, [.. _campaigns], []);
    }

    public Contract? Choose(Slot slot, IReadOnlyList<(Contract Contract, int Expected)> candidates)
    {
        Rider[] riders = [.. slot.Seats.Where(s => s.InView).Select((s, i) => new Rider(new PresenceReport
        {
            PresenceId = Guid.Empty,
            TrackId = i + 1,
            From = slot.At.AddSeconds(-1),
            To = slot.At,
            InView = true,
            SecondsAttentive = 0,
            Segments = s.Estimate,
            FaceArea = 0.02,
        }))];
        var why = Decider.Decide(_snapshot, new Cabin(_sites[slot.Site], SiteCalendar.Default, riders), ScreenHistory.Empty, slot.At);
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

    static Guid Id(int number, short kind) => new(number + 1, kind, 0, new byte[8]);
}
