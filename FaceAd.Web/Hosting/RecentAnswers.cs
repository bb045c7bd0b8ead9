namespace FaceAd.Web.Hosting;

/// <summary>
/// Answers at most a minute old, each read once for all who ask meanwhile: a page view costs nothing while others look. Where answers are
/// renewed, whoever asks gets the last one at once, and a newer one is read in the background for the next caller. Thread-safe.
/// </summary>
/// <typeparam name="TQuestion">The question; compared by value.</typeparam>
/// <typeparam name="TAnswer">The answer; immutable.</typeparam>
/// <param name="read">Reads an answer.</param>
/// <param name="time">The clock.</param>
/// <param name="renewal">How old an answer is when it is renewed, and where failures are logged; null for never.</param>
sealed class RecentAnswers<TQuestion, TAnswer>(
    Func<TQuestion, Task<TAnswer>> read, TimeProvider time, (TimeSpan After, ILogger Log)? renewal = null)
    where TQuestion : notnull
{
    private const int MostKept = 64;
    private static readonly TimeSpan Usable = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<TQuestion, Answer> _kept = [];

    /// <summary>The answer. A reading that failed is not kept.</summary>
    /// <param name="question">The question.</param>
    /// <param name="cancellation">Ends the waiting; the reading goes on for the others.</param>
    public Task<TAnswer> ReadAsync(TQuestion question, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            if (!_kept.TryGetValue(question, out var last) || last.Reading.IsFaulted || time.GetElapsedTime(last.At) >= Usable)
            {
                if (_kept.Count >= MostKept) _kept.Clear();
                _kept[question] = last = Begin(question);
            }
            else if (renewal is var (after, log) && last is { Reading.IsCompleted: true, Renewing: false }
                && time.GetElapsedTime(last.At) >= after)
            {
                last.Renewing = true;
                _ = RenewAsync(question, last, log);
            }
            return last.Reading.WaitAsync(cancellation);
        }
    }

    private Answer Begin(TQuestion question) => new(Task.Run(() => read(question), CancellationToken.None), time.GetTimestamp());

    private async Task RenewAsync(TQuestion question, Answer old, ILogger log)
    {
        var answer = Begin(question);
        try
        {
            await answer.Reading;
            lock (_lock) _kept[question] = answer;
        }
        catch (Exception exception)
        {
            // The old answer stays in use, with its original age.
            lock (_lock) old.Renewing = false;
            log.LogWarning("Could not renew the answer to {Question} ({Reason}); using the last one", question, exception.Message);
        }
    }

    // Guarded by _lock.
    private sealed class Answer(Task<TAnswer> reading, long at)
    {
        public Task<TAnswer> Reading { get; } = reading;

        public long At { get; } = at;

        public bool Renewing { get; set; }
    }
}
