namespace FaceAd.Core.Decisions.Experiments;

/// <summary>How much one arm is above another, and between what that lies.</summary>
/// <param name="Difference">Mean of the one less that of the other, -1..1.</param>
/// <param name="Radius">What to add and take away.</param>
public readonly record struct DifferenceInterval(double Difference, double Radius)
{
    /// <summary>Lower end.</summary>
    public double Low => Difference - Radius;

    /// <summary>Upper end.</summary>
    public double High => Difference + Radius;

    /// <summary>
    /// The asymptotic confidence sequence of the difference of two means: it holds at all times at once, however often one looks
    /// (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences",
    /// arXiv:2103.06476, theorem 2.2; the people of both arms are one sequence, in which each falls into an arm by chance).
    /// </summary>
    /// <param name="one">The one arm.</param>
    /// <param name="other">The other.</param>
    /// <param name="level">Probability with which it fails at any time, such as 0.05.</param>
    /// <param name="tightestAt">People of both arms at which it is to be tightest; chosen before any are counted.</param>
    /// <returns>Null until both arms have people.</returns>
    public static DifferenceInterval? Of(ArmSums one, ArmSums other, double level, double tightestAt)
    {
        if (one.Mean is not { } mean || other.Mean is not { } otherMean) return null;
        var n = (double)(one.People + other.People);
        var variance = n * ((one.Variance / one.People) + (other.Variance / other.People));
        return new(mean - otherMean, RadiusOf(n, variance, level, tightestAt));
    }

    /// <summary>Half the width.</summary>
    /// <param name="n">People of both arms.</param>
    /// <param name="variance">Variance of one term of the difference, as a mean over all of them.</param>
    /// <param name="level">As above.</param>
    /// <param name="tightestAt">As above.</param>
    internal static double RadiusOf(double n, double variance, double level, double tightestAt)
    {
        var l = -2 * Math.Log(level);
        var time = n * (l + Math.Log(l) + 1) / tightestAt; // n rho^2
        return Math.Sqrt(variance * 2 * (time + 1) / (n * time) * Math.Log(Math.Sqrt(time + 1) / level));
    }
}
