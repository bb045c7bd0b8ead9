namespace FaceAd.Core.Decisions.Pacing;

/// <summary>Which share of a campaign's goal should be delivered when: that of the supply which it can have.</summary>
public sealed class TargetCurve
{
    private readonly DateTimeOffset _start;
    private readonly double[] _until;

    /// <summary>Creates a curve.</summary>
    /// <param name="start">Start of the first hour.</param>
    /// <param name="expected">
    /// Impressions of the target that are expected in each hour from then on, at the campaign's sites; none outside its flights and hours.
    /// </param>
    public TargetCurve(DateTimeOffset start, IReadOnlyList<double> expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        (_start, _until) = (start, new double[expected.Count + 1]);
        for (var hour = 0; hour < expected.Count; hour++) _until[hour + 1] = _until[hour] + expected[hour];
    }

    /// <summary>All that is expected.</summary>
    public double Whole => _until[^1];

    /// <summary>The share of the supply that has passed, 0..1; without any, all of it has.</summary>
    /// <param name="now">The instant.</param>
    public double PassedAt(DateTimeOffset now)
    {
        if (Whole <= 0) return 1;
        var hours = (now - _start).TotalHours;
        if (hours <= 0) return 0;
        if (hours >= _until.Length - 1) return 1;
        var whole = (int)hours;
        return (_until[whole] + ((_until[whole + 1] - _until[whole]) * (hours - whole))) / Whole;
    }
}
