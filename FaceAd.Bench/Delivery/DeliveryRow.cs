using System.Globalization;

namespace FaceAd.Bench.Delivery;

/// <summary>Figures of one policy over several traces.</summary>
/// <param name="Policy">Name.</param>
/// <param name="ValueOfBound">Value by the upper bound.</param>
/// <param name="Lowest">The lowest of the traces.</param>
/// <param name="Missed">Share of the booked value that was not delivered.</param>
/// <param name="GivenAway">What was delivered beyond the goals, relative to the booked value.</param>
/// <param name="Kept">Share of contracts that ended within 100 to 103 %.</param>
/// <param name="CurveError">See <see cref="Outcome.CurveError"/>.</param>
/// <param name="Overspent">Contracts beyond their goals by a play or more.</param>
/// <param name="Child">Choices of a restricted ad before a likely child.</param>
/// <param name="Separation">Choices too soon after the same category.</param>
/// <param name="Cap">Choices before a capped person.</param>
sealed record DeliveryRow(
    string Policy, double ValueOfBound, double Lowest, double Missed, double GivenAway, double Kept, double CurveError, int Overspent,
    int Child, int Separation, int Cap)
{
    /// <summary>Adds up runs of one policy.</summary>
    /// <param name="runs">The runs, with their upper bounds in KRW.</param>
    public static DeliveryRow Of(IReadOnlyList<(Outcome Outcome, double Bound)> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var booked = runs.Sum(r => r.Outcome.BookedKrw);
        return new DeliveryRow(
            runs[0].Outcome.Policy, runs.Sum(r => r.Outcome.ValueKrw) / runs.Sum(r => r.Bound),
            runs.Min(r => r.Outcome.ValueKrw / r.Bound), runs.Sum(r => r.Outcome.MissedKrw) / booked,
            runs.Sum(r => r.Outcome.GivenAwayKrw) / booked, (double)runs.Sum(r => r.Outcome.Kept) / runs.Sum(r => r.Outcome.Contracts),
            runs.Average(r => r.Outcome.CurveError), runs.Sum(r => r.Outcome.Overspent), runs.Sum(r => r.Outcome.Broken.Child),
            runs.Sum(r => r.Outcome.Broken.Separation), runs.Sum(r => r.Outcome.Broken.Cap));
    }

    /// <summary>The heading of the table.</summary>
    public static string Heading =>
        Line("policy", "value/bound", "lowest", "missed", "given", "100-103 %", "curve", "over", "child", "apart", "cap");

    /// <inheritdoc/>
    public override string ToString() => Line(
        Policy, Percent(ValueOfBound, 1), Percent(Lowest, 1), Percent(Missed, 2), Percent(GivenAway, 2), Percent(Kept, 1),
        CurveError.ToString("F4", CultureInfo.InvariantCulture), Whole(Overspent), Whole(Child), Whole(Separation), Whole(Cap));

    static string Line(string policy, params string[] figures) =>
        "  " + policy.PadRight(27) + string.Concat(figures.Select(f => f.PadLeft(12)));

    static string Percent(double share, int digits) => (100 * share).ToString("F" + Whole(digits), CultureInfo.InvariantCulture) + " %";

    static string Whole(int count) => count.ToString(CultureInfo.InvariantCulture);
}
