using System.Collections.Immutable;
using System.Diagnostics.Metrics;

namespace FaceAd.Web.Hosting;

/// <summary>
/// Callbacks for a fact, called after it was queued or written. A callback that throws is logged and counted as
/// <c>facead.reactions.failed</c>; the fact stays, and the other callbacks still run. Thread-safe.
/// </summary>
/// <typeparam name="T">The news.</typeparam>
/// <param name="name">What the news is of, for the counter and the log.</param>
/// <param name="log">The log of the class that calls them.</param>
sealed class Subscribers<T>(string name, ILogger log)
{
    private ImmutableArray<Action<T>> _callbacks = [];

    /// <summary>Whether there is anybody to call.</summary>
    public bool Any => !_callbacks.IsEmpty;

    /// <summary>Adds a callback; dispose to remove it. It runs on the publishing thread, so it must return at once.</summary>
    /// <param name="callback">The reaction.</param>
    public IDisposable Add(Action<T> callback)
    {
        ImmutableInterlocked.Update(ref _callbacks, static (all, added) => all.Add(added), callback);
        return new Subscription(this, callback);
    }

    /// <summary>Calls every callback.</summary>
    public void Tell(T news)
    {
        foreach (var callback in _callbacks)
        {
            try
            {
                callback(news);
            }
            catch (Exception exception)
            {
                Reactions.Failed.Add(1, new KeyValuePair<string, object?>("fact", name));
                log.LogError(exception, "A reaction to {Fact} failed; the fact itself is kept", name);
            }
        }
    }

    private sealed class Subscription(Subscribers<T> subscribers, Action<T> callback) : IDisposable
    {
        private Action<T>? _callback = callback;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _callback, null) is { } removed)
                ImmutableInterlocked.Update(ref subscribers._callbacks, static (all, gone) => all.Remove(gone), removed);
        }
    }
}

static class Reactions
{
    private static readonly Meter Meter = new("FaceAd.Reactions");

    public static readonly Counter<long> Failed = Meter.CreateCounter<long>("facead.reactions.failed");
}
