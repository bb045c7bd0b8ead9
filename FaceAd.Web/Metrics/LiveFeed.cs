using System.Collections.Concurrent;

namespace FaceAd.Web.Metrics;

/// <summary>
/// Computes what open pages show: once for all pages with the same question, only when the answer may have changed, and at a limited rate.
/// The result is shared by reference, so the cost grows with the number of distinct questions, not with the number of pages.
/// </summary>
/// <typeparam name="TQuestion">The question; compared by value.</typeparam>
/// <typeparam name="TAnswer">The answer; immutable.</typeparam>
/// <param name="name">Name for the log.</param>
/// <param name="compute">Computes an answer from everything committed before the call.</param>
/// <param name="atOnce">The most concurrent computations.</param>
/// <param name="time">The clock.</param>
/// <param name="meter">Counts computations.</param>
/// <param name="log">The log.</param>
sealed class LiveFeed<TQuestion, TAnswer>(
    string name, Func<TQuestion, CancellationToken, Task<TAnswer>> compute, int atOnce, TimeProvider time, LiveFeedMeter meter, ILogger log)
    : IDisposable
    where TQuestion : notnull
    where TAnswer : class
{
    private static readonly TimeSpan Throttle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeptUnwatched = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<TQuestion, Topic> _topics = new();
    private readonly SemaphoreSlim _free = new(atOnce);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Questions with subscribers, now or recently.</summary>
    public int Count => _topics.Count;

    /// <summary>
    /// Subscribes to answers: one call at a time, on a pool thread, the first immediately if an answer is cached. A slow subscriber misses
    /// intermediate answers, one that throws is logged, and neither delays the rest.
    /// </summary>
    /// <param name="question">The question.</param>
    /// <param name="changed">Receives each new answer.</param>
    /// <param name="atMostEvery">Minimum interval between computations for this subscriber; a second when null.</param>
    /// <returns>Dispose to unsubscribe.</returns>
    public IDisposable Subscribe(TQuestion question, Action<TAnswer> changed, TimeSpan? atMostEvery = null)
    {
        while (true)
        {
            var topic = _topics.GetOrAdd(question, static q => new Topic(q));
            lock (topic)
            {
                if (topic.Retired) continue;
                var subscription = new Subscription(this, topic, changed, atMostEvery ?? Throttle);
                topic.Subscribers.Add(subscription);
                if (topic.Last is { } last && (!topic.Dirty || Age(topic) < Throttle)) subscription.Offer(last);
                Wake(topic);
                return subscription;
            }
        }
    }

    /// <summary>The latest answer, shared by all callers with the same question: at most a second old, or unchanged since.</summary>
    public async Task<TAnswer> ReadAsync(TQuestion question, CancellationToken cancellation = default)
    {
        while (true)
        {
            var topic = _topics.GetOrAdd(question, static q => new Topic(q));
            Task<TAnswer> next;
            lock (topic)
            {
                if (topic.Retired) continue;
                var watched = topic.Subscribers.Count > 0 && !topic.Dirty;
                if (topic.Last is { } last && (watched || Age(topic) < Throttle)) return last;
                topic.Dirty = true;
                topic.Next ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                next = topic.Next.Task;
                Wake(topic);
            }
            return await next.WaitAsync(cancellation);
        }
    }

    /// <summary>Marks questions whose answer may have changed.</summary>
    /// <param name="which">Selects the questions.</param>
    public void Mark(Predicate<TQuestion> which)
    {
        foreach (var (question, topic) in _topics)
        {
            if (!which(question)) continue;
            lock (topic)
            {
                topic.Dirty = true;
                Wake(topic);
            }
        }
    }

    /// <summary>Drops answers without subscribers after a while.</summary>
    public void Sweep()
    {
        foreach (var (question, topic) in _topics)
        {
            lock (topic)
            {
                if (topic.Retired || topic.Subscribers.Count > 0 || topic.Running || topic.Next is not null || Age(topic) < KeptUnwatched)
                    continue;
                topic.Retired = true;
                _topics.TryRemove(KeyValuePair.Create(question, topic));
            }
        }
    }

    public void Dispose() => _stopping.Cancel();

    private TimeSpan Age(Topic topic) => topic.StartedAt == 0 ? TimeSpan.MaxValue : time.GetElapsedTime(topic.StartedAt);

    // Call under the topic's lock.
    private void Wake(Topic topic)
    {
        if (topic.Running || !topic.Wanted || _stopping.IsCancellationRequested) return;
        topic.Running = true;
        _ = Task.Run(() => RunAsync(topic));
    }

    /// <summary>Computes while the answer may have changed and is wanted. One runs per topic.</summary>
    private async Task RunAsync(Topic topic)
    {
        try
        {
            while (true)
            {
                TimeSpan wait;
                lock (topic)
                {
                    if (!topic.Wanted)
                    {
                        topic.Running = false;
                        return;
                    }
                    wait = topic.StartedAt == 0 ? TimeSpan.Zero : topic.Interval - Age(topic);
                }
                // A subscriber with a shorter interval may join meanwhile: check again every second.
                if (wait > TimeSpan.Zero) await Task.Delay(wait < Throttle ? wait : Throttle, time, _stopping.Token);
                if (wait <= Throttle) await ComputeAsync(topic);
            }
        }
        catch (OperationCanceledException)
        {
            lock (topic)
            {
                topic.Running = false;
                topic.Next?.TrySetCanceled();
            }
        }
    }

    private async Task ComputeAsync(Topic topic)
    {
        await _free.WaitAsync(_stopping.Token);
        try
        {
            lock (topic)
            {
                // Cleared before the computation: what is committed while it runs may not be included.
                topic.Dirty = false;
                topic.StartedAt = time.GetTimestamp();
            }
            meter.Computed(name);
            var answer = await compute(topic.Question, _stopping.Token);
            lock (topic)
            {
                topic.Last = answer;
                foreach (var subscriber in topic.Subscribers) subscriber.Offer(answer);
                topic.Next?.TrySetResult(answer);
                topic.Next = null;
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !_stopping.IsCancellationRequested)
        {
            lock (topic)
            {
                topic.Dirty = true;
                topic.Next?.TrySetException(exception);
                topic.Next = null;
                if (topic.Subscribers.Count == 0) return; // the callers got the exception
            }
            log.LogWarning(exception, "Could not compute the {Name} of {Question} for open pages; will retry", name, topic.Question);
        }
        finally
        {
            _free.Release();
        }
    }

    // Its own lock guards its fields.
    private sealed class Topic(TQuestion question)
    {
        public readonly List<Subscription> Subscribers = [];
        public bool Dirty = true;
        public bool Running;
        public bool Retired;
        public long StartedAt; // of the latest computation; 0 before the first
        public TAnswer? Last;
        public TaskCompletionSource<TAnswer>? Next;

        public TQuestion Question { get; } = question;

        public bool Wanted => Dirty && (Subscribers.Count > 0 || Next is not null);

        public TimeSpan Interval => Next is not null || Subscribers.Count == 0 ? Throttle : Subscribers.Min(s => s.AtMostEvery);
    }

    /// <summary>One subscriber with room for a single pending answer: the newest.</summary>
    private sealed class Subscription(LiveFeed<TQuestion, TAnswer> feed, Topic topic, Action<TAnswer> changed, TimeSpan atMostEvery)
        : IDisposable, IThreadPoolWorkItem
    {
        private readonly Lock _lock = new();
        private TAnswer? _waiting;
        private bool _calling, _over;

        public TimeSpan AtMostEvery { get; } = atMostEvery;

        public void Offer(TAnswer answer)
        {
            lock (_lock)
            {
                if (_over) return;
                _waiting = answer;
                if (_calling) return;
                _calling = true;
            }
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        public void Execute()
        {
            while (true)
            {
                TAnswer answer;
                lock (_lock)
                {
                    if (_over || _waiting is null)
                    {
                        _calling = false;
                        return;
                    }
                    (answer, _waiting) = (_waiting, null);
                }
                try
                {
                    changed(answer);
                }
                catch (Exception exception)
                {
                    feed.Complain(exception);
                }
            }
        }

        public void Dispose()
        {
            lock (_lock)
            {
                if (_over) return;
                _over = true;
                _waiting = null;
            }
            lock (topic) topic.Subscribers.Remove(this);
        }
    }

    private void Complain(Exception exception) => log.LogWarning(exception, "An open page failed to handle the {Name}", name);
}
