using System.Globalization;

namespace FaceAd.Bench.Evaluation;

/// <summary>A measured figure with its 95 % interval.</summary>
/// <param name="Value">The figure; null when there were no cases.</param>
/// <param name="Low">Lower end of the interval, inclusive; null without a value or without an interval.</param>
/// <param name="High">Upper end of the interval, inclusive; null when <paramref name="Low"/> is.</param>
/// <param name="Count">Number of cases.</param>
readonly record struct Figure(double? Value, double? Low, double? High, int Count)
{
    /// <summary>Quantile of the standard normal distribution for a two-sided 95 % interval.</summary>
    public const double Z95 = 1.959963984540054;

    /// <summary>No measurement.</summary>
    public static Figure None => new(null, null, null, 0);

    /// <summary>
    /// A proportion with Wilson's score interval (E. B. Wilson, 1927): (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n). It stays
    /// within 0..1 and is valid near 0 and 1 as well.
    /// </summary>
    /// <param name="hits">Number of hits, 0 .. <paramref name="count"/>.</param>
    /// <param name="count">Number of cases; 0 gives <see cref="None"/>.</param>
    public static Figure Proportion(int hits, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(hits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hits, count);
        if (count == 0) return None;
        var (p, n, squared) = ((double)hits / count, (double)count, Z95 * Z95);
        var centre = p + squared / (2 * n);
        var half = Z95 * Math.Sqrt(p * (1 - p) / n + squared / (4 * n * n));
        var scale = 1 + squared / n;
        // At 0 and 1 the formula gives exactly these ends, apart from rounding.
        var low = hits == 0 ? 0 : (centre - half) / scale;
        var high = hits == count ? 1 : (centre + half) / scale;
        return new Figure(p, low, high, count);
    }

    /// <summary>Formats the figure, such as "0.812 (0.790 - 0.832)"; a dash when there is no value.</summary>
    /// <param name="digits">Decimal places.</param>
    public string ToText(int digits = 3)
    {
        if (Value is not { } value) return "-";
        var format = "F" + digits.ToString(CultureInfo.InvariantCulture);
        var text = value.ToString(format, CultureInfo.InvariantCulture);
        return Low is { } low && High is { } high
            ? $"{text} ({low.ToString(format, CultureInfo.InvariantCulture)} - {high.ToString(format, CultureInfo.InvariantCulture)})"
            : text;
    }
}
