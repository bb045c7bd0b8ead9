using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Decisions.Value;

/// <summary>Target curves of tests.</summary>
static class Curves
{
    private static readonly DateOnly Today = Sample.Calendar.DayOf(Sample.Noon);

    /// <summary>As much in each hour of ten days, today the second of them.</summary>
    public static TargetCurve Even { get; } = Of(Today.AddDays(-1), 10, _ => 1);

    /// <summary>Of some hours of today.</summary>
    /// <param name="expected">What is expected in each hour from noon on.</param>
    public static TargetCurve FromNoon(params double[] expected) =>
        Of(Today, 1, hour => hour % 24 >= 12 && (hour % 24) - 12 < expected.Length ? expected[(hour % 24) - 12] : 0);

    /// <summary>Of some days.</summary>
    /// <param name="starts">The first.</param>
    /// <param name="days">How many.</param>
    /// <param name="expected">What is expected in an hour of the week.</param>
    public static TargetCurve Of(DateOnly starts, int days, Func<int, double> expected) =>
        new(new FlightPlan(starts, starts.AddDays(days - 1), null),
            new WeeklySupply([.. Enumerable.Range(0, WeeklySupply.Hours).Select(expected)]));
}
