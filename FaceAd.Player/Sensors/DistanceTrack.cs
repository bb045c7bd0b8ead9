using FaceAd.Core;

namespace FaceAd.Player.Sensors;

/// <summary>A distance sensor aimed across the cabin at a wall: anything nearer than a set distance counts as a person.</summary>
/// <param name="near">Distance in metres below which a reading counts as a person.</param>
sealed class DistanceTrack(double near) : SensorTrack
{
    /// <summary>Minimum distance in metres that either kind of sensor can measure.</summary>
    public const double LeastMetres = 0.02;

    /// <summary>Number of consecutive far readings that mean an empty cabin; a single one may be a stray echo.</summary>
    public const int FarAnswers = 3;

    /// <summary>
    /// Minimum time near the sensor for a departure to count. A single near reading may be a stray echo, or a machine too busy to
    /// time the start of the echo.
    /// </summary>
    public static readonly TimeSpan Stayed = TimeSpan.FromSeconds(1);

    /// <summary>How long after a departure it still counts as recent.</summary>
    public static readonly TimeSpan Leaving = TimeSpan.FromSeconds(10);

    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    double? _metres;
    TimeSpan? _leftAt;
    int _far;

    public override SensorKind Kind => SensorKind.Distance;

    public override double? Metres => _metres;

    public override void Take(SensorReading reading, TimeSpan at)
    {
        if (reading.Metres is not { } metres || !(metres >= LeastMetres)) return;
        Answered(at);
        _metres = double.IsFinite(metres) ? metres : null;
        if (metres < near)
        {
            _far = 0;
            Say(SensorState.Present, at);
            return;
        }
        if (++_far < FarAnswers) return;
        if (State(at) == SensorState.Present && at - SaidSince >= Stayed) _leftAt = at;
        Say(SensorState.Empty, at);
    }

    /// <summary>Whether it has just seen someone leave and has reported an empty cabin since.</summary>
    /// <param name="now">Current time.</param>
    public bool SawThemLeave(TimeSpan now) =>
        State(now) == SensorState.Empty && SaidSince == _leftAt && AnsweredWithin(Fresh, now) && now - SaidSince <= Leaving;
}
