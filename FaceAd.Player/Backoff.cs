using System.Security.Cryptography;

namespace FaceAd.Player;

/// <summary>Exponential backoff, capped, with jitter so that screens that lost the same server do not all retry at once.</summary>
/// <param name="first">The first delay.</param>
/// <param name="cap">The longest delay.</param>
/// <param name="time">The clock to wait on.</param>
sealed class Backoff(TimeSpan first, TimeSpan cap, TimeProvider time)
{
    /// <summary>For how long from the first failure on a server that asks for less than the backoff is obeyed.</summary>
    public static readonly TimeSpan Prompt = TimeSpan.FromSeconds(15);

    readonly Random _random = new(RandomNumberGenerator.GetInt32(int.MaxValue));
    int _failures;
    long _failingSince;

    /// <summary>The next delay: 50 to 100 % of min(cap, first * 2^failures).</summary>
    public TimeSpan Next()
    {
        if (_failures == 0) _failingSince = time.GetTimestamp();
        var full = Math.Min(cap.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(_failures++, 30)));
        return TimeSpan.FromMilliseconds(full * (0.5 + _random.NextDouble() / 2));
    }

    /// <summary>Starts again with the first delay.</summary>
    public void Reset() => _failures = 0;

    /// <summary>
    /// The next delay after a reply with Retry-After: 100 to 150 % of it. The server knows best when it can answer, such as a second after
    /// another of its nodes has died; but one that says the same for longer than <see cref="Prompt"/> does not: then no less than the
    /// backoff alone would give.
    /// </summary>
    /// <param name="asked">The delay that the server asked for; null when it asked for none.</param>
    public TimeSpan Next(TimeSpan? asked)
    {
        var own = Next();
        if (asked is not { } least) return own;
        var spread = least * (1 + _random.NextDouble() / 2);
        return spread > own || time.GetElapsedTime(_failingSince) < Prompt ? spread : own;
    }

    /// <summary>Waits for the next delay.</summary>
    /// <param name="asked">The delay that the server asked for; null when it asked for none.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public Task WaitAsync(TimeSpan? asked, CancellationToken cancellation) => Task.Delay(Next(asked), time, cancellation);

    /// <summary>Waits for the next delay.</summary>
    public Task WaitAsync(CancellationToken cancellation) => WaitAsync(null, cancellation);
}
