using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FaceAd.Tests.Support;
using FaceAd.Web.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FaceAd.Tests.Metrics;

/// <summary>The feed behind open pages, with answers that count their computations.</summary>
public sealed class LiveFeedTests : IDisposable
{
    private static readonly TimeSpan Patience = Wait.Limit;
    private static readonly ServiceProvider Services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ConcurrentQueue<(string Question, long At)> _computed = new();
    private readonly LiveFeed<string, Answer> _feed;
    private Func<string, Task> _compute = _ => Task.CompletedTask;

    public LiveFeedTests() => _feed = Feed(TimeProvider.System);

    public void Dispose() => _feed.Dispose();

    [Fact]
    public void Subscribe_ManyOfOneQuestion_ShareOneComputationByReference()
    {
        var pages = Enumerable.Range(0, 50).Select(_ => new Page(_feed, "a")).ToList();
        var answers = pages.Select(p => p.Next()).ToList();
        Assert.Single(_computed);
        Assert.Single(answers.Distinct(ReferenceEqualityComparer.Instance));
    }

    [Fact]
    public void Subscribe_Late_GetsTheKnownAnswerWithoutAComputation()
    {
        var first = new Page(_feed, "a").Next();
        Assert.Same(first, new Page(_feed, "a").Next());
        Assert.Single(_computed);
    }

    [Fact]
    public void Mark_TimeAndAgain_ComputesAtMostOnceASecond()
    {
        var page = new Page(_feed, "a");
        page.Next();
        var until = TimeProvider.System.GetTimestamp() + (2 * TimeProvider.System.TimestampFrequency);
        while (TimeProvider.System.GetTimestamp() < until)
        {
            _feed.Mark(_ => true);
            Thread.Sleep(1);
        }
        var at = _computed.Select(c => c.At).ToList();
        Assert.InRange(at.Count, 1, 3);
        Assert.All(at.Zip(at.Skip(1)), pair =>
            Assert.InRange(TimeProvider.System.GetElapsedTime(pair.First, pair.Second).TotalSeconds, 0.99, double.MaxValue));
    }

    [Fact]
    public void Mark_AfterAQuietSecond_ComputesAtOnce()
    {
        var clock = new FakeTimeProvider();
        using var feed = Feed(clock);
        var page = new Page(feed, "a");
        page.Next();
        clock.Advance(TimeSpan.FromSeconds(1));
        feed.Mark(_ => true);
        page.Next(); // and no time has passed
    }

    [Fact]
    public async Task Mark_WhileComputing_ComputesAgain()
    {
        TaskCompletionSource running = new(), go = new();
        _compute = _ =>
        {
            running.TrySetResult();
            return go.Task;
        };
        var page = new Page(_feed, "a");
        await running.Task.WaitAsync(Patience);
        _feed.Mark(_ => true); // committed after the computation had looked
        go.SetResult();
        Assert.Equal(1, page.Next().Number);
        Assert.Equal(2, page.Next().Number);
    }

    [Fact]
    public void Mark_OtherQuestion_ComputesNothing()
    {
        var (a, b) = (new Page(_feed, "a"), new Page(_feed, "b"));
        a.Next();
        b.Next();
        _feed.Mark(question => question == "b");
        b.Next();
        Assert.Equal(["a", "b", "b"], _computed.Select(c => c.Question).Order());
    }

    [Fact]
    public void Answer_SlowAndThrowingPages_HoldUpNobody()
    {
        using ManualResetEventSlim stuck = new();
        using var slow = _feed.Subscribe("a", _ => stuck.Wait(Patience));
        using var throwing = _feed.Subscribe("a", _ => throw new InvalidOperationException("A page's failure is its own."));
        var page = new Page(_feed, "a");
        page.Next();
        _feed.Mark(_ => true);
        page.Next();
        stuck.Set();
    }

    [Fact]
    public void Answer_PageWasSlow_ItGetsTheNewestOnly()
    {
        using ManualResetEventSlim stuck = new();
        using BlockingCollection<Answer> got = [];
        using var slow = _feed.Subscribe("a", answer =>
        {
            got.Add(answer);
            stuck.Wait(Patience);
        });
        var page = new Page(_feed, "a");
        for (var i = 0; i < 3; i++)
        {
            page.Next();
            if (i < 2) _feed.Mark(_ => true);
        }
        stuck.Set();
        Assert.True(got.TryTake(out var first, Patience) && first.Number == 1);
        Assert.True(got.TryTake(out var second, Patience) && second.Number == 3);
    }

    [Fact]
    public async Task Compute_Fails_ReadersAreToldAndPagesGetTheNext()
    {
        _compute = _ => _computed.Count == 1 ? throw new InvalidOperationException("The database is away.") : Task.CompletedTask;
        await Assert.ThrowsAsync<InvalidOperationException>(() => _feed.ReadAsync("a"));
        Assert.Equal(2, new Page(_feed, "a").Next().Number);
    }

    [Fact]
    public async Task ReadAsync_AtTheSameTime_ShareOneComputation()
    {
        TaskCompletionSource go = new();
        _compute = _ => go.Task;
        var reads = Enumerable.Range(0, 20).Select(_ => _feed.ReadAsync("a")).ToList();
        go.SetResult();
        Assert.Single((await Task.WhenAll(reads)).Distinct(ReferenceEqualityComparer.Instance));
        Assert.Single(_computed);
    }

    [Fact]
    public void Dispose_LastPage_NothingIsComputedAnyMore()
    {
        var page = new Page(_feed, "a");
        page.Next();
        page.Dispose();
        _feed.Mark(_ => true);
        var other = new Page(_feed, "b");
        other.Next();
        Assert.Equal(["a", "b"], _computed.Select(c => c.Question));
    }

    private LiveFeed<string, Answer> Feed(TimeProvider clock) =>
        new("test", AnswerAsync, 4, clock, new LiveFeedMeter(Services.GetRequiredService<IMeterFactory>()), NullLogger.Instance);

    private async Task<Answer> AnswerAsync(string question, CancellationToken cancellation)
    {
        _computed.Enqueue((question, TimeProvider.System.GetTimestamp()));
        var number = _computed.Count;
        await _compute(question).WaitAsync(cancellation);
        return new Answer(number);
    }

    private sealed record Answer(int Number);

    private sealed class Page : IDisposable
    {
        private readonly BlockingCollection<Answer> _answers = [];
        private readonly IDisposable _subscription;

        public Page(LiveFeed<string, Answer> feed, string question) => _subscription = feed.Subscribe(question, _answers.Add);

        public Answer Next() => _answers.TryTake(out var answer, Patience) ? answer : throw new TimeoutException("No answer came.");

        public void Dispose() => _subscription.Dispose();
    }
}
