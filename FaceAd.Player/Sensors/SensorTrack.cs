using FaceAd.Core;

namespace FaceAd.Player.Sensors;

/// <summary>
/// Derives the state of one sensor from its readings. Implausible means unknown: no readings, or a person who never leaves.
/// Reads no clock: every call passes the time, from one monotonic clock.
/// </summary>
abstract class SensorTrack
{
    /// <summary>After this long without a reading, the state is unknown.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    /// <summary>After reporting a person for this long, the sensor counts as stuck or blocked.</summary>
    public static readonly TimeSpan Stuck = TimeSpan.FromMinutes(30);

    TimeSpan _answeredAt;

    /// <summary>What it measures.</summary>
    public abstract SensorKind Kind { get; }

    /// <summary>When it last changed to reporting a person.</summary>
    public TimeSpan? AppearedAt { get; private set; }

    /// <summary>The latest distance in metres; null when none was measured.</summary>
    public virtual double? Metres => null;

    /// <summary>The last reported state, plausible or not.</summary>
    protected SensorState Said { get; private set; }

    /// <summary>Start of the last reported state.</summary>
    protected TimeSpan SaidSince { get; private set; }

    /// <summary>Whether someone is in front of the sensor; unknown when the reported state is implausible.</summary>
    /// <param name="now">Current time.</param>
    public virtual SensorState State(TimeSpan now) =>
        now - _answeredAt > Silence || (Said == SensorState.Present && now - SaidSince > Stuck) ? SensorState.Unknown : Said;

    /// <summary>Takes a reading.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="at">Time of the reading.</param>
    public abstract void Take(SensorReading reading, TimeSpan at);

    /// <summary>Marks the sensor as failed: its state is unknown until the next reading.</summary>
    /// <param name="at">Time of the failure.</param>
    public void Fail(TimeSpan at) => Say(SensorState.Unknown, at);

    /// <summary>The camera has found an audience. A sensor that should have detected it but did not becomes unknown.</summary>
    /// <param name="at">When the audience opened.</param>
    public virtual void AudienceOpened(TimeSpan at)
    {
    }

    /// <summary>Whether the latest reading is at most this old.</summary>
    protected bool AnsweredWithin(TimeSpan age, TimeSpan now) => now - _answeredAt <= age;

    /// <summary>Records that the sensor answered.</summary>
    protected void Answered(TimeSpan at)
    {
        // What happened during the silence is unknown.
        if (at - _answeredAt > Silence) Say(SensorState.Unknown, at);
        _answeredAt = at;
    }

    /// <summary>Sets the reported state; no effect if it is unchanged.</summary>
    protected void Say(SensorState state, TimeSpan at)
    {
        if (state == Said) return;
        if (state == SensorState.Present) AppearedAt = at;
        (Said, SaidSince) = (state, at);
    }
}
