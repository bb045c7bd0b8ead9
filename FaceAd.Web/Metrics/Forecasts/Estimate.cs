namespace FaceAd.Web.Metrics.Forecasts;

/// <summary>A forecast figure with the interval that holds four of five.</summary>
/// <param name="Value">The figure.</param>
/// <param name="Low">Lower end of the 80 % interval.</param>
/// <param name="High">Upper end.</param>
public readonly record struct Estimate(double Value, double Low, double High)
{
    /// <summary>The figure with its factor each way.</summary>
    /// <param name="value">The figure.</param>
    /// <param name="deviation">The deviation of its logarithm that an 80 % interval goes each way.</param>
    public static Estimate Around(double value, double deviation) => new(value, value * Math.Exp(-deviation), value * Math.Exp(deviation));

    /// <summary>The same, at most so much.</summary>
    /// <param name="most">The most.</param>
    public Estimate AtMost(double most) => new(Math.Min(Value, most), Math.Min(Low, most), Math.Min(High, most));

    /// <summary>Each end by a function.</summary>
    /// <param name="of">The function.</param>
    public Estimate Map(Func<double, double> of)
    {
        ArgumentNullException.ThrowIfNull(of);
        var (a, b) = (of(Low), of(High));
        return new Estimate(of(Value), Math.Min(a, b), Math.Max(a, b));
    }
}
