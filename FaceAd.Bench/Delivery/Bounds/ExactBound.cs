using Google.OrTools.LinearSolver;

namespace FaceAd.Bench.Delivery.Bounds;

/// <summary>The most that could be earned with hindsight, by linear programming; what <see cref="DualBound"/> comes down to.</summary>
static class ExactBound
{
    /// <summary>The optimum, KRW.</summary>
    /// <param name="supply">What there is to distribute.</param>
    /// <param name="contracts">The contracts.</param>
    /// <exception cref="InvalidOperationException">The solver found none.</exception>
    public static double Of(IReadOnlyList<SupplyNode> supply, IReadOnlyList<Contract> contracts)
    {
        ArgumentNullException.ThrowIfNull(supply);
        ArgumentNullException.ThrowIfNull(contracts);
        using var solver = Solver.CreateSolver("GLOP");
        var objective = solver.Objective();
        objective.SetMaximization();
        var goals = contracts.Select(c => solver.MakeConstraint(0, c.Goal)).ToArray();
        foreach (var node in supply)
        {
            var slots = solver.MakeConstraint(0, node.Weight);
            foreach (var (contract, count) in node.Offers)
            {
                var given = solver.MakeNumVar(0, node.Weight, "");
                slots.SetCoefficient(given, 1);
                goals[contract].SetCoefficient(given, count);
                objective.SetCoefficient(given, count * contracts[contract].PriceKrw);
            }
        }
        return solver.Solve() == Solver.ResultStatus.OPTIMAL ? objective.Value()
            : throw new InvalidOperationException("The solver found no optimum.");
    }
}
