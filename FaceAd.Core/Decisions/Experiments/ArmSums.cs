namespace FaceAd.Core.Decisions.Experiments;

/// <summary>What is known of the people of one arm: sums, and nobody in them.</summary>
/// <param name="People">People counted.</param>
/// <param name="Sum">Sum of their figures, each from 0 to 1.</param>
/// <param name="SumOfSquares">Sum of the squares.</param>
public readonly record struct ArmSums(long People, double Sum, double SumOfSquares)
{
    /// <summary>Mean of the figures; null without people.</summary>
    public double? Mean => People > 0 ? Sum / People : null;

    /// <summary>
    /// Variance of the figures, as if two more people had been seen, one with 0 and one with 1: few who are all alike prove little.
    /// </summary>
    public double Variance
    {
        get
        {
            var (n, sum) = (People + 2, Sum + 1);
            return Math.Max(0, (SumOfSquares + 1 - (sum * sum / n)) / (n - 1));
        }
    }

    /// <summary>With one more person.</summary>
    /// <param name="figure">The person's figure, 0..1.</param>
    public ArmSums With(double figure) => new(People + 1, Sum + figure, SumOfSquares + (figure * figure));

    /// <summary>Both together.</summary>
    public static ArmSums operator +(ArmSums one, ArmSums other) => Add(one, other);

    /// <summary>Both together.</summary>
    public static ArmSums Add(ArmSums one, ArmSums other) =>
        new(one.People + other.People, one.Sum + other.Sum, one.SumOfSquares + other.SumOfSquares);
}
