namespace FaceAd.Core.Decisions.Experiments;

/// <summary>What follows from what was counted: whether an experiment stops, and why.</summary>
/// <param name="End">Why it stops; null while it goes on.</param>
/// <param name="Winner">Number of the arm that won; null without a winner.</param>
public readonly record struct Verdict(ExperimentEnd? End, int? Winner = null);

/// <summary>When an experiment stops. May be asked as often as one likes: its intervals hold at all times at once. Pure.</summary>
/// <param name="Smallest">The smallest difference worth knowing, such as 0.03: fixed at the start.</param>
/// <param name="Count">Number of arms.</param>
public sealed record ExperimentRule(double Smallest, int Count)
{
    /// <summary>Probability with which an experiment at most names a winner that is not better than each other arm.</summary>
    public const double Error = 0.05;

    /// <summary>People of an arm before which nothing is said: the intervals are asymptotic.</summary>
    public const int LeastPeople = 100;

    /// <summary>The least that can be asked for.</summary>
    public const double LeastSmallest = 0.01;

    /// <summary>The most that can be asked for.</summary>
    public const double MostSmallest = 0.2;

    // Of an interval between two arms. A wrong winner has to be above the best of the others: one side of one of Count intervals fails.
    private double Level => 2 * Error / Count;

    // About where the smallest difference shows, at a standard deviation of 0.3.
    private double TightestAt => 4 / (Smallest * Smallest);

    /// <summary>How much one arm is above another; null while either has fewer than <see cref="LeastPeople"/>.</summary>
    /// <param name="one">The one arm.</param>
    /// <param name="other">The other.</param>
    public DifferenceInterval? Between(ArmSums one, ArmSums other) =>
        Math.Min(one.People, other.People) < LeastPeople ? null : DifferenceInterval.Of(one, other, Level, TightestAt);

    /// <summary>Whether it stops by what was counted.</summary>
    /// <param name="arms">The arms.</param>
    /// <param name="isOver">Whether nothing more will be counted, because the campaign is over.</param>
    public Verdict Judge(IReadOnlyList<ArmSums> arms, bool isOver)
    {
        ArgumentNullException.ThrowIfNull(arms);
        for (var arm = 0; arm < arms.Count; arm++)
        {
            if (Against(arms, arm, i => i.Low > 0)) return new(ExperimentEnd.Winner, arm);
        }
        var smallest = Smallest;
        if (Enumerable.Range(0, arms.Count).All(arm => Against(arms, arm, i => i.Low > -smallest && i.High < smallest)))
            return new(ExperimentEnd.NoDifference);
        return !isOver ? default : new(arms.Any(a => a.People < LeastPeople) ? ExperimentEnd.TooFew : ExperimentEnd.CampaignOver);
    }

    /// <summary>People of each arm at which the smallest difference shows, by how much people have differed so far.</summary>
    /// <param name="arms">The arms, none of them without people.</param>
    public double PeopleNeeded(IReadOnlyList<ArmSums> arms)
    {
        ArgumentNullException.ThrowIfNull(arms);
        var variance = 4 * arms.Average(a => a.Variance); // of the difference, with as many people in either arm
        var (few, enough) = (1.0, 2.0 * LeastPeople);
        while (DifferenceInterval.RadiusOf(enough, variance, Level, TightestAt) > Smallest) (few, enough) = (enough, enough * 2);
        while (enough - few > 1)
        {
            var middle = (few + enough) / 2;
            if (DifferenceInterval.RadiusOf(middle, variance, Level, TightestAt) > Smallest) few = middle;
            else enough = middle;
        }
        return Math.Max(LeastPeople, enough / 2);
    }

    // Whether it holds of an arm against each other one.
    private bool Against(IReadOnlyList<ArmSums> arms, int arm, Func<DifferenceInterval, bool> holds)
    {
        for (var other = 0; other < arms.Count; other++)
        {
            if (other != arm && (Between(arms[arm], arms[other]) is not { } interval || !holds(interval))) return false;
        }
        return true;
    }
}
