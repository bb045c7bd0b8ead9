namespace FaceAd.Bench.Delivery;

/// <summary>Plays a trace to a policy.</summary>
static class Replay
{
    /// <summary>Runs it.</summary>
    /// <param name="trace">What happens.</param>
    /// <param name="contracts">The contracts.</param>
    /// <param name="plan">The target curves.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="stress">What goes wrong.</param>
    /// <param name="cancellation">Cancels the run.</param>
    public static Outcome Run(
        Trace trace, IReadOnlyList<Contract> contracts, Forecast plan, IDeliveryPolicy policy, Stress stress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(stress);
        var gates = new Gates(trace.Screens);
        var delivered = new Dictionary<int, List<(double Hour, int Count)>>();
        var waiting = new PriorityQueue<(Contract Contract, int Expected, int Brought, int All), DateTimeOffset>();
        List<(Contract, int)> candidates = [];
        var halfway = (trace.Booked + trace.Days) / 2;
        var (cut, lost) = (stress.Cut == 0, !stress.LosesServer);
        foreach (var contract in contracts) delivered[contract.Number] = [];
        foreach (var slot in trace.Open)
        {
            cancellation.ThrowIfCancellationRequested();
            while (waiting.TryPeek(out var play, out var due) && due <= slot.At)
            {
                waiting.Dequeue();
                policy.Reported(play.Contract, play.Expected, play.Brought, play.All);
            }
            if (!cut && slot.Day >= halfway)
            {
                cut = true;
                foreach (var contract in contracts) contract.Goal = contract.GoalAfter(stress.Cut);
            }
            if (!lost && slot.Day >= halfway)
            {
                lost = true;
                policy.Lost();
            }
            policy.Advance(slot.At, slot.Day, slot.Clock);
            candidates.Clear();
            foreach (var contract in contracts)
            {
                if (!contract.RunsIn(slot)) continue;
                var expected = contract.Expects(slot);
                if (expected == 0) continue;
                if (!policy.AsksGates || gates.Allow(contract, slot)) candidates.Add((contract, expected));
            }
            if (candidates.Count == 0 || policy.Choose(slot, candidates) is not { } chosen) continue;
            gates.Show(chosen, slot);
            var brought = chosen.Brings(slot);
            delivered[chosen.Number].Add(((slot.Day * 24) + slot.Clock, brought));
            waiting.Enqueue((chosen, chosen.Expects(slot), brought, slot.Seats.Count(s => s.Exposed)), slot.End + stress.Late);
        }
        return new Outcome(policy.Name, contracts, delivered, plan, gates.Broken);
    }
}
