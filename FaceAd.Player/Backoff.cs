using System.Security.Cryptography;

namespace FaceAd.Player;

/// <summary>Waiting times between tries: doubling, capped, with jitter so that screens that lost one server do not return in step.</summary>
/// <param name="first">The first waiting time.</param>
/// <param name="cap">The longest.</param>
/// <param name="time">The clock that waits.</param>
internal sealed class Backoff(TimeSpan first, TimeSpan cap, TimeProvider time)
{
    readonly Random _random = new(RandomNumberGenerator.GetInt32(int.MaxValue));
    int _failures;

    /// <summary>The next waiting time: half to all of min(cap, first * 2^failures).</summary>
    public TimeSpan Next()
    {
        var full = Math.Min(cap.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(_failures++, 30)));
        return TimeSpan.FromMilliseconds(full * (0.5 + _random.NextDouble() / 2));
    }

    /// <summary>Starts again with the first waiting time.</summary>
    public void Reset() => _failures = 0;

    /// <summary>The next waiting time when the server has said how long: at least that, up to half as much again, and not less than without its word.</summary>
    /// <param name="asked">What the server asked for; null when it did not.</param>
    public TimeSpan Next(TimeSpan? asked)
    {
        var own = Next();
        if (asked is not { } least) return own;
        var spread = least * (1 + _random.NextDouble() / 2);
        return own > spread ? own : spread;
    }

    /// <summary>Waits for the next waiting time.</summary>
    /// <param name="asked">What the server asked for; null when it did not.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public Task WaitAsync(TimeSpan? asked, CancellationToken cancellation) => Task.Delay(Next(asked), time, cancellation);

    /// <summary>Waits for the next waiting time.</summary>
    public Task WaitAsync(CancellationToken cancellation) => WaitAsync(null, cancellation);
}
