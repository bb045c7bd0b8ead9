using FaceAd.Core;

namespace FaceAd.Player.Sensors;

/// <summary>One answer of a sensor.</summary>
/// <param name="Moves">Motion: whether something moves.</param>
/// <param name="Metres">Distance: to the nearest thing; infinity when nothing is within reach; null when there was no answer after all.</param>
internal readonly record struct SensorReading(bool Moves = false, double? Metres = null);

/// <summary>
/// What one sensor is to be believed, from its answers. Whatever is implausible is unknown: silence, and somebody who never goes.
/// Pure: answers and times come in. Times are of one clock that never steps.
/// </summary>
internal abstract class SensorTrack
{
    /// <summary>Without an answer for so long its state is unknown.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    /// <summary>Nobody stays in a cabin for so long: the sensor is stuck, or something stands before it.</summary>
    public static readonly TimeSpan Stuck = TimeSpan.FromMinutes(30);

    TimeSpan _answeredAt;

    /// <summary>What it measures.</summary>
    public abstract SensorKind Kind { get; }

    /// <summary>When it last began to say that somebody is there.</summary>
    public TimeSpan? AppearedAt { get; private set; }

    /// <summary>The newest distance, when one was measured.</summary>
    public virtual double? Metres => null;

    /// <summary>What it said last, believed or not.</summary>
    protected SensorState Said { get; private set; }

    /// <summary>When it began to say so.</summary>
    protected TimeSpan SaidSince { get; private set; }

    /// <summary>Whether somebody is before the sensor.</summary>
    /// <param name="now">Now.</param>
    public virtual SensorState State(TimeSpan now) =>
        now - _answeredAt > Silence || (Said == SensorState.Present && now - SaidSince > Stuck) ? SensorState.Unknown : Said;

    /// <summary>Takes an answer.</summary>
    /// <param name="reading">The answer.</param>
    /// <param name="at">When it came.</param>
    public abstract void Take(SensorReading reading, TimeSpan at);

    /// <summary>It has failed, and says nothing until it answers again.</summary>
    /// <param name="at">When.</param>
    public void Fail(TimeSpan at) => Say(SensorState.Unknown, at);

    /// <summary>The camera has found an audience. A sensor that must have noticed is believed no more if it has not.</summary>
    /// <param name="at">When the audience opened.</param>
    public virtual void AudienceOpened(TimeSpan at)
    {
    }

    /// <summary>Whether the newest answer is at most this old.</summary>
    protected bool AnsweredWithin(TimeSpan age, TimeSpan now) => now - _answeredAt <= age;

    /// <summary>It has answered.</summary>
    protected void Answered(TimeSpan at)
    {
        // Nobody knows what happened meanwhile.
        if (at - _answeredAt > Silence) Say(SensorState.Unknown, at);
        _answeredAt = at;
    }

    /// <summary>It says so now; the same as before begins nothing.</summary>
    protected void Say(SensorState state, TimeSpan at)
    {
        if (state == Said) return;
        if (state == SensorState.Present) AppearedAt = at;
        (Said, SaidSince) = (state, at);
    }
}

/// <summary>
/// A passive infrared sensor. It does not see who stands still and holds its output for seconds, so it tells that somebody came and never
/// that everybody has gone.
/// </summary>
internal sealed class MotionTrack : SensorTrack
{
    /// <summary>Nobody enters without having moved in the minute before.</summary>
    public static readonly TimeSpan Deaf = TimeSpan.FromMinutes(1);

    TimeSpan? _heardAt;
    bool _deaf;

    public override SensorKind Kind => SensorKind.Motion;

    public override SensorState State(TimeSpan now) => _deaf ? SensorState.Unknown : base.State(now);

    public override void Take(SensorReading reading, TimeSpan at)
    {
        Answered(at);
        // From the start on: it has had no chance to hear anything before.
        _heardAt ??= at;
        if (reading.Moves) (_heardAt, _deaf) = (at, false);
        Say(reading.Moves ? SensorState.Present : SensorState.Empty, at);
    }

    public override void AudienceOpened(TimeSpan at)
    {
        if (Said == SensorState.Empty && at - _heardAt > Deaf) _deaf = true;
    }
}

/// <summary>A distance sensor that looks across the cabin at a wall: what is nearer than a set distance is somebody.</summary>
/// <param name="near">Nearer than this, in metres, is somebody.</param>
internal sealed class DistanceTrack(double near) : SensorTrack
{
    /// <summary>Nearer than this neither kind of sensor can measure.</summary>
    public const double LeastMetres = 0.02;

    /// <summary>One far answer may be an echo that went astray; so many in a row are an empty cabin.</summary>
    public const int FarAnswers = 3;

    /// <summary>One near answer may be a stray echo, or a machine too busy to notice where the echo began: who stayed for so long was there.</summary>
    public static readonly TimeSpan Stayed = TimeSpan.FromSeconds(1);

    /// <summary>For so long after somebody left it counts that they left.</summary>
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

    /// <summary>Whether it has just seen somebody leave, and sees nobody since.</summary>
    /// <param name="now">Now.</param>
    public bool SawThemLeave(TimeSpan now) =>
        State(now) == SensorState.Empty && SaidSince == _leftAt && AnsweredWithin(Fresh, now) && now - SaidSince <= Leaving;
}
