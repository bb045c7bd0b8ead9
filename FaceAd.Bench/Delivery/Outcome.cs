namespace FaceAd.Bench.Delivery;

/// <summary>What a policy has delivered.</summary>
sealed class Outcome
{
    /// <summary>Reads the figures off.</summary>
    /// <param name="policy">Name of the policy.</param>
    /// <param name="contracts">The contracts.</param>
    /// <param name="delivered">By contract, the hour of each play and the target impressions that it brought.</param>
    /// <param name="plan">The target curves.</param>
    /// <param name="broken">Choices that broke a rule.</param>
    public Outcome(
        string policy, IReadOnlyList<Contract> contracts, IReadOnlyDictionary<int, List<(double Hour, int Count)>> delivered,
        Forecast plan, (int Child, int Separation, int Cap) broken)
    {
        ArgumentNullException.ThrowIfNull(contracts);
        (Policy, Broken) = (policy, broken);
        foreach (var contract in contracts)
        {
            var count = delivered[contract.Number].Sum(d => d.Count);
            ValueKrw += contract.PriceKrw * Math.Min(count, contract.Goal);
            MissedKrw += contract.PriceKrw * Math.Max(0, contract.Goal - count);
            BookedKrw += contract.PriceKrw * contract.Goal;
            GivenAwayKrw += contract.PriceKrw * Math.Max(0, count - contract.Goal);
            if (count > contract.Goal && count - contract.Goal >= delivered[contract.Number].Max(d => d.Count)) Overspent++;
            if (count >= contract.Goal && count <= (contract.Goal * 1.03) + 1) Kept++;
        }
        Contracts = contracts.Count;
        CurveError = contracts.Where(c => plan.Whole(c) > 0).Select(c => Error(c, delivered[c.Number], plan))
            .DefaultIfEmpty(double.NaN).Average();
    }

    /// <summary>Name of the policy.</summary>
    public string Policy { get; }

    /// <summary>Number of contracts.</summary>
    public int Contracts { get; }

    /// <summary>What the advertisers pay: impressions up to the goals at their prices.</summary>
    public double ValueKrw { get; }

    /// <summary>What was booked.</summary>
    public double BookedKrw { get; }

    /// <summary>What was booked and not delivered.</summary>
    public double MissedKrw { get; }

    /// <summary>What was delivered beyond the goals, at no pay.</summary>
    public double GivenAwayKrw { get; }

    /// <summary>Contracts that got more than their goal by a whole play or more.</summary>
    public int Overspent { get; }

    /// <summary>Contracts that ended with 100 to 103 % of their goals; one impression more counts as that, too.</summary>
    public int Kept { get; }

    /// <summary>
    /// Root of the mean squared difference between the delivered share of the goal and the target curve, over the hours of the flight; mean
    /// of the contracts that have a curve: one of which nothing was forecast has none.
    /// </summary>
    public double CurveError { get; }

    /// <summary>Choices that broke a rule.</summary>
    public (int Child, int Separation, int Cap) Broken { get; }

    static double Error(Contract contract, List<(double Hour, int Count)> delivered, Forecast plan)
    {
        var (got, next, sum, whole) = (0.0, 0, 0.0, plan.Whole(contract));
        var (from, to) = (contract.FirstDay * 24, (contract.LastDay + 1) * 24);
        for (var hour = from + 1; hour <= to; hour++)
        {
            for (; next < delivered.Count && delivered[next].Hour < hour; next++) got += delivered[next].Count;
            var difference = (Math.Min(got, contract.Goal) / contract.Goal) - (plan.Until(contract, 0, hour) / whole);
            sum += difference * difference;
        }
        return Math.Sqrt(sum / (to - from));
    }
}
