namespace FaceAd.Tests.Player.Clock;

/// <summary>
/// The clocks of a machine, moved by hand: a wall clock that is off, and both wall
/// and monotonic clock running fast by some parts per million.
/// </summary>
internal sealed class MachineClock(DateTimeOffset truth, TimeSpan ahead, double partsPerMillion = 0, double uptimeSeconds = 100)
    : TimeProvider
{
    double _seconds = uptimeSeconds;

    /// <summary>What the machine does not know: the true time.</summary>
    public DateTimeOffset Truth { get; private set; } = truth;

    /// <summary>How far the wall clock is ahead.</summary>
    public TimeSpan Ahead { get; private set; } = ahead;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => (long)(_seconds * TimeSpan.TicksPerSecond);

    public override DateTimeOffset GetUtcNow() => Truth + Ahead;

    /// <summary>Lets true time pass.</summary>
    public void Pass(double seconds)
    {
        Truth += TimeSpan.FromSeconds(seconds);
        _seconds += seconds * (1 + partsPerMillion / 1e6);
        Ahead += TimeSpan.FromSeconds(seconds * partsPerMillion / 1e6);
    }

    /// <summary>The machine was off for a while: its monotonic clock starts anew.</summary>
    public void StartAgain(double seconds) => (_seconds, Truth) = (5, Truth + TimeSpan.FromSeconds(seconds));
}

/// <summary>The system's clocks with a wall clock that is off.</summary>
internal sealed class WrongWall(TimeSpan ahead) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
}
