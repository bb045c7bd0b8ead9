namespace FaceAd.Bench.Delivery.Bounds;

/// <summary>Slots that are alike: each of them could bring the same contracts the same impressions.</summary>
/// <param name="Weight">How many there are.</param>
/// <param name="Offers">Contracts by number, and the target impressions that one slot would bring.</param>
readonly record struct SupplyNode(double Weight, IReadOnlyList<(int Contract, int Count)> Offers);

/// <summary>What there is to distribute, slots that are alike taken together.</summary>
static class Supply
{
    /// <summary>All slots of a trace that can be booked, with hindsight.</summary>
    /// <param name="trace">What happens.</param>
    /// <param name="contracts">The contracts.</param>
    public static IReadOnlyList<SupplyNode> Real(Trace trace, IReadOnlyList<Contract> contracts) => Grouped(
        trace.Open.Select(s => (1.0, Offers: (IReadOnlyList<(int, int)>)[.. contracts.Where(c => c.RunsIn(s))
            .Select(c => (c.Number, c.Brings(s))).Where(o => o.Item2 > 0)])));

    /// <summary>
    /// What the days to learn from let one expect of a day: the slots of the same weekday, each as often as in one such day.
    /// </summary>
    /// <param name="trace">What happens.</param>
    /// <param name="contracts">The contracts.</param>
    /// <param name="day">The day.</param>
    public static IReadOnlyList<SupplyNode> Expected(Trace trace, IReadOnlyList<Contract> contracts, int day) => Grouped(
        trace.Slots.TakeWhile(s => s.Day < trace.Booked).Where(s => s.Day % 7 == day % 7).Select(s => s with { Day = day })
            .Select(s => (7.0 / trace.Booked, Offers: (IReadOnlyList<(int, int)>)[.. contracts.Where(c => c.RunsIn(s))
                .Select(c => (c.Number, c.Expects(s))).Where(o => o.Item2 > 0)])));

    static IReadOnlyList<SupplyNode> Grouped(IEnumerable<(double Weight, IReadOnlyList<(int, int)> Offers)> slots) =>
    [
        .. slots.Where(s => s.Offers.Count > 0).GroupBy(s => string.Join(' ', s.Offers), StringComparer.Ordinal)
            .Select(g => new SupplyNode(g.Sum(s => s.Weight), g.First().Offers)),
    ];
}
