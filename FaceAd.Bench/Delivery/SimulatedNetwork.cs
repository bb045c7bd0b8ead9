using FaceAd.Core;
using FaceAd.Core.Decisions;

namespace FaceAd.Bench.Delivery;

/// <summary>The simulation in the terms of <c>FaceAd.Core/Decisions</c>.</summary>
static class SimulatedNetwork
{
    /// <summary>The id of a site.</summary>
    public static Guid Site(int number) => Id(number, 1);

    /// <summary>The id of a screen.</summary>
    public static Guid Screen(int number) => Id(number, 4);

    /// <summary>The id of a person.</summary>
    public static Guid Person(int number) => Id(number, 5);

    /// <summary>A contract as a campaign that has had nothing yet.</summary>
    /// <param name="contract">The contract.</param>
    /// <param name="trace">The trace.</param>
    public static SnapshotCampaign Campaign(Contract contract, Trace trace)
    {
        ArgumentNullException.ThrowIfNull(contract);
        ArgumentNullException.ThrowIfNull(trace);
        return new SnapshotCampaign
        {
            Id = Id(contract.Number, 2),
            StartsOn = trace.FirstDay.AddDays(contract.FirstDay),
            EndsOn = trace.FirstDay.AddDays(contract.LastDay),
            Targets = contract.Targets,
            SiteIds = [.. contract.Sites.Select(Site)],
            Hours = contract.Hours & Dayparting.AllHours,
            PriceModel = PriceModel.PerThousand,
            BudgetKrw = (long)(contract.PriceKrw * contract.Goal),
            PricePerThousandKrw = (long)(contract.PriceKrw * 1000),
            Impressions = 0,
            TargetImpressions = 0,
            Creatives =
                [new SnapshotCreative(Id(contract.Number, 3), "Video", new string('a', 64), 1, Slot.Length.TotalSeconds)],
        };
    }

    /// <summary>What is reported of a rider when an ad is chosen.</summary>
    /// <param name="seat">The rider.</param>
    /// <param name="slot">When.</param>
    public static PresenceReport Presence(Seat seat, Slot slot)
    {
        ArgumentNullException.ThrowIfNull(slot);
        return new PresenceReport
        {
            PresenceId = Guid.Empty,
            TrackId = 1 + seat.Person,
            From = slot.At.AddSeconds(-1),
            To = slot.At,
            InView = true,
            SecondsAttentive = 0,
            Segments = seat.Estimate,
            ChildProbability = seat.Estimate?.Kids,
            FaceArea = 0.02,
        };
    }

    static Guid Id(int number, short kind) => new(number + 1, kind, 0, new byte[8]);
}
