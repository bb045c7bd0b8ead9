using FaceAd.Core;

namespace FaceAd.Player.Sensors;

/// <summary>
/// A passive infrared sensor. It does not see people who stand still, and it holds its output for seconds: it can show that someone
/// came, never that everyone has left.
/// </summary>
sealed class MotionTrack : SensorTrack
{
    /// <summary>The sensor is deaf when an audience opens and it has reported no motion for longer than this.</summary>
    public static readonly TimeSpan Deaf = TimeSpan.FromMinutes(1);

    TimeSpan? _heardAt;
    bool _deaf;

    public override SensorKind Kind => SensorKind.Motion;

    public override SensorState State(TimeSpan now) => _deaf ? SensorState.Unknown : base.State(now);

    public override void Take(SensorReading reading, TimeSpan at)
    {
        Answered(at);
        // Counted from the first reading: it could not detect anything before.
        _heardAt ??= at;
        if (reading.Moves) (_heardAt, _deaf) = (at, false);
        Say(reading.Moves ? SensorState.Present : SensorState.Empty, at);
    }

    public override void AudienceOpened(TimeSpan at)
    {
        if (Said == SensorState.Empty && at - _heardAt > Deaf) _deaf = true;
    }
}
