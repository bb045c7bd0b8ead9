namespace FaceAd.Web.Exposures;

/// <summary>
/// Cumulative attentive seconds during a presence: piecewise linear from zero at its start, through one point per report, to the total at
/// its end. Never decreases.
/// </summary>
/// <param name="at">Seconds since the start of the presence, ascending; may be empty.</param>
/// <param name="seconds">Attentive seconds up to each of these moments; same length.</param>
/// <param name="length">Length of the presence, seconds.</param>
/// <param name="total">Attentive seconds of the whole presence.</param>
readonly struct AttentionCurve(IReadOnlyList<float> at, IReadOnlyList<float> seconds, double length, double total)
{
    /// <summary>Attentive seconds between two moments of the presence.</summary>
    /// <param name="from">Seconds since its start, 0 or more.</param>
    /// <param name="to">Seconds since its start, not before <paramref name="from"/>.</param>
    public double Between(double from, double to) => Math.Clamp(Until(to) - Until(from), 0, to - from);

    private double Until(double moment)
    {
        if (moment <= 0 || length <= 0) return 0;
        if (moment >= length) return total;
        var (x0, y0) = (0.0, 0.0);
        for (var i = 0; i < at.Count && at[i] < length; i++)
        {
            var (x1, y1) = (at[i], Math.Clamp(seconds[i], y0, Math.Max(y0, total)));
            if (x1 <= x0) continue;
            if (x1 >= moment) return y0 + ((y1 - y0) * (moment - x0) / (x1 - x0));
            (x0, y0) = (x1, y1);
        }
        return y0 + ((Math.Max(total, y0) - y0) * (moment - x0) / (length - x0));
    }
}
