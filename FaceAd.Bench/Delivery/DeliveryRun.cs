using System.Diagnostics;
using FaceAd.Bench.Delivery.Bounds;
using FaceAd.Bench.Delivery.Policies;

namespace FaceAd.Bench.Delivery;

/// <summary>What is booked.</summary>
/// <param name="Days">Days that can be booked.</param>
/// <param name="Campaigns">Contracts drawn.</param>
/// <param name="Load">See <see cref="ContractBook.Draw"/>.</param>
readonly record struct Booking(int Days, int Campaigns, double Load);

/// <summary>Runs every policy over the same traces.</summary>
/// <param name="book">What is booked.</param>
/// <param name="recorded">What was recorded; null to draw traces.</param>
/// <param name="exact">Whether the first trace is solved by linear programming, too.</param>
/// <param name="log">Receives a line for each trace.</param>
/// <param name="cancellation">Cancels the runs.</param>
sealed class DeliveryRun(Booking book, Trace? recorded, bool exact, TextWriter log, CancellationToken cancellation)
{
    /// <summary>The figures of each policy, cost per impression first.</summary>
    /// <param name="stress">What goes wrong.</param>
    /// <param name="first">Seed of the first trace.</param>
    /// <param name="seeds">Number of traces.</param>
    public IReadOnlyList<DeliveryRow> Rows(Stress stress, int first, int seeds)
    {
        ArgumentNullException.ThrowIfNull(stress);
        Dictionary<string, List<(Outcome Outcome, double Bound)>> runs = [];
        for (var seed = first; seed < first + seeds; seed++)
        {
            var drawn = ContractBook.Draw(recorded ?? Stress.None.TraceOf(book.Days, seed), book.Campaigns, book.Load * stress.Load, seed);
            var trace = recorded ?? stress.TraceOf(book.Days, seed);
            var (forecast, supply) = (new Forecast(trace, drawn), Supply.Real(trace, drawn));
            var bound = DualBound.Of(supply, [.. drawn.Select(c => c with { Goal = c.GoalAfter(stress.Cut) })]);
            var booked = drawn.Sum(c => c.PriceKrw * c.Goal);
            var size = $"{trace.Open.Count():N0} slots, {drawn.Count} contracts";
            log.WriteLine($"{stress.Name}, seed {seed}: {size}, booked {booked:N0} KRW, bound {bound:N0} KRW");
            if (exact && seed == first && stress == Stress.None) Solve(supply, drawn);
            foreach (var make in Policies(trace, forecast, seed))
            {
                List<Contract> contracts = [.. drawn.Select(c => c with { })]; // goals may change in flight
                var outcome = Replay.Run(trace, contracts, forecast, make(contracts), stress, cancellation);
                if (!runs.TryGetValue(outcome.Policy, out var list)) runs.Add(outcome.Policy, list = []);
                list.Add((outcome, bound));
            }
        }
        return [.. runs.Values.Select(DeliveryRow.Of)];
    }

    void Solve(IReadOnlyList<SupplyNode> supply, IReadOnlyList<Contract> contracts)
    {
        var (started, value) = (Stopwatch.GetTimestamp(), ExactBound.Of(supply, contracts));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        log.WriteLine($"  by linear programming {value:N0} KRW, in {seconds:F1} s; {supply.Count:N0} kinds of slots");
    }

    static IEnumerable<Func<IReadOnlyList<Contract>, IDeliveryPolicy>> Policies(Trace trace, Forecast forecast, int seed) =>
    [
        contracts => new CostPerImpression(trace, contracts),
        contracts => new AsFastAsPossible(contracts.Count),
        contracts => new Throttling(contracts, forecast, seed),
        contracts => new HourlyTargets(contracts),
        contracts => new PiController(contracts, forecast),
        contracts => new Shale(trace, contracts, seed),
        contracts => new PacedValue(trace, contracts, null),
        contracts => new PacedValue(trace, contracts, forecast),
    ];
}
