namespace FaceAd.Web.Delivery.Sales;

/// <summary>Answers at most a minute old, each read once for all who ask meanwhile: a page view costs nothing while others look.</summary>
/// <typeparam name="TQuestion">The question; compared by value.</typeparam>
/// <typeparam name="TAnswer">The answer; immutable.</typeparam>
/// <param name="read">Reads an answer.</param>
/// <param name="time">The clock.</param>
sealed class MinuteCache<TQuestion, TAnswer>(Func<TQuestion, Task<TAnswer>> read, TimeProvider time)
    where TQuestion : notnull
{
    private const int MostKept = 64;
    private static readonly TimeSpan Usable = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<TQuestion, (Task<TAnswer> Reading, long At)> _kept = [];

    /// <summary>The answer. A reading that failed is not kept.</summary>
    /// <param name="question">The question.</param>
    /// <param name="cancellation">Ends the waiting; the reading goes on for the others.</param>
    public Task<TAnswer> ReadAsync(TQuestion question, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_kept.TryGetValue(question, out var last) && !last.Reading.IsFaulted && time.GetElapsedTime(last.At) < Usable)
                return last.Reading.WaitAsync(cancellation);
            if (_kept.Count >= MostKept) _kept.Clear();
            var reading = Task.Run(() => read(question), CancellationToken.None);
            _kept[question] = (reading, time.GetTimestamp());
            return reading.WaitAsync(cancellation);
        }
    }
}
