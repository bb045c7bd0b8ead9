namespace FaceAd.Tests.Support.Faults;

/// <summary>A machine's clock that somebody sets while it runs. Timers, and what measures time, do not notice.</summary>
public sealed class SteppedClock : TimeProvider
{
    private long _ahead; // ticks

    /// <summary>How far it is ahead of the time.</summary>
    public TimeSpan Ahead
    {
        get => new(Volatile.Read(ref _ahead));
        set => Volatile.Write(ref _ahead, value.Ticks);
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

    /// <summary>Sets it.</summary>
    /// <param name="now">What it shows from now on.</param>
    public void Set(DateTimeOffset now) => Ahead = now - base.GetUtcNow();
}
