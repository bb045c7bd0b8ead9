namespace FaceAd.Core.Decisions.Pacing;

/// <summary>Which share of a campaign's goal should be delivered when: that of the supply which it can have.</summary>
public sealed class TargetCurve
{
    private readonly FlightPlan _plan;
    private readonly WeeklySupply _week;
    private readonly double[] _until; // the start of each day from the first to the last, and the end

    /// <summary>Creates a curve.</summary>
    /// <param name="plan">The campaign's flights.</param>
    /// <param name="week">
    /// Impressions of the target that are expected in each hour at the campaign's sites; none outside its days and hours.
    /// </param>
    /// <param name="pace">How the campaign follows it.</param>
    public TargetCurve(in FlightPlan plan, WeeklySupply week, Pace pace = Pace.Even)
    {
        ArgumentNullException.ThrowIfNull(week);
        (_plan, _week, Pace) = (plan, week, pace);
        _until = new double[plan.EndsOn.DayNumber - plan.StartsOn.DayNumber + 2];
        for (var day = 0; day < _until.Length - 1; day++)
        {
            var date = plan.StartsOn.AddDays(day);
            _until[day + 1] = _until[day] + (plan.Contains(date) ? week.Of(date) : 0);
        }
    }

    /// <summary>How the campaign follows it.</summary>
    public Pace Pace { get; }

    /// <summary>All that is expected.</summary>
    public double Whole => _until[^1];

    /// <summary>The share of the goal that should be delivered, 0..1; without any supply, all of it.</summary>
    /// <param name="clock">The instant, on the clock by which plans are made.</param>
    public double PassedAt(DateTime clock)
    {
        var today = DateOnly.FromDateTime(clock);
        var day = today.DayNumber - _plan.StartsOn.DayNumber;
        if (day < 0) return 0;
        if (Whole <= 0 || day >= _until.Length - 1 || Pace == Pace.AsFastAsPossible) return 1;
        var share = (_until[day] + (_plan.Contains(today) ? _week.Until(clock) : 0)) / Whole;
        return Pace == Pace.FrontLoaded ? 1 - Math.Pow(1 - share, Ahead) : share;
    }

    // 40 % faster than even at the start; a quarter ahead in the middle.
    private const double Ahead = 1.4;
}
