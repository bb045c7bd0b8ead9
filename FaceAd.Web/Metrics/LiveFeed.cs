using System.Collections.Concurrent;

namespace FaceAd.Web.Metrics;

/// <summary>
/// Computes what open pages look at, once for all that look at the same, when it may have changed and at most so often. The result is
/// handed to everybody by reference. So the cost grows with the number of different questions, not with the number of pages.
/// </summary>
/// <typeparam name="TQuestion">What is asked; compared by value.</typeparam>
/// <typeparam name="TAnswer">What is answered; immutable.</typeparam>
/// <param name="name">What it is, for the log.</param>
/// <param name="compute">Computes an answer from facts that were committed before the call.</param>
/// <param name="atOnce">The most computations at the same time.</param>
/// <param name="time">Clock.</param>
/// <param name="meter">Counts computations.</param>
/// <param name="log">Log.</param>
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

    /// <summary>Questions that are looked at, or were a moment ago.</summary>
    public int Count => _topics.Count;

    /// <summary>
    /// Calls back with every new answer, one call at a time, on a pool thread; at once when one is known. Who is slow misses the answers
    /// between, who throws is logged, and neither holds up another.
    /// </summary>
    /// <param name="question">What is asked.</param>
    /// <param name="changed">Takes an answer.</param>
    /// <param name="atMostEvery">The least time between two computations as far as this one is concerned; a second when null.</param>
    /// <returns>Dispose to end.</returns>
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

    /// <summary>The newest answer, shared with whoever asks the same: a second old at most, or not changed since.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="cancellation">Cancels the operation.</param>
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

    /// <summary>Says which questions may have another answer now.</summary>
    /// <param name="which">Tells by the question.</param>
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

    /// <summary>Forgets answers that nobody has looked at for a while.</summary>
    public void Sweep()
    {
        foreach (var (question, topic) in _topics)
        {
            lock (topic)
            {
                if (topic.Retired || topic.Subscribers.Count > 0 || topic.Running || topic.Next is not null || Age(topic) < KeptUnwatched) continue;
                topic.Retired = true;
                _topics.TryRemove(KeyValuePair.Create(question, topic));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Cancel();

    private TimeSpan Age(Topic topic) => topic.StartedAt == 0 ? TimeSpan.MaxValue : time.GetElapsedTime(topic.StartedAt);

    // Under the topic's lock.
    private void Wake(Topic topic)
    {
        if (topic.Running || !topic.Wanted || _stopping.IsCancellationRequested) return;
        topic.Running = true;
        _ = Task.Run(() => RunAsync(topic));
    }

    /// <summary>Computes as long as the answer may have changed and somebody wants it. One runs per topic.</summary>
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
                // A subscriber in more of a hurry may come meanwhile: look again every second.
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
                // Before the computation: what is committed while it runs may be missing in it.
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
                if (topic.Subscribers.Count == 0) return; // who asked is told
            }
            log.LogWarning(exception, "The {Name} of {Question} could not be computed for open pages; trying again", name, topic.Question);
        }
        finally
        {
            _free.Release();
        }
    }

    // Guarded by itself.
    private sealed class Topic(TQuestion question)
    {
        public readonly List<Subscription> Subscribers = [];
        public bool Dirty = true;
        public bool Running;
        public bool Retired;
        public long StartedAt; // of the newest computation; 0 before the first
        public TAnswer? Last;
        public TaskCompletionSource<TAnswer>? Next;

        public TQuestion Question { get; } = question;

        public bool Wanted => Dirty && (Subscribers.Count > 0 || Next is not null);

        public TimeSpan Interval => Next is not null || Subscribers.Count == 0 ? Throttle : Subscribers.Min(s => s.AtMostEvery);
    }

    /// <summary>One listener with room for one answer: the newest.</summary>
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

    private void Complain(Exception exception) => log.LogWarning(exception, "An open page could not take the {Name}", name);
}
