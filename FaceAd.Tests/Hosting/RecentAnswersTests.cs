using FaceAd.Tests.Support;
using FaceAd.Web.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Hosting;

public sealed class RecentAnswersTests
{
    private static readonly (TimeSpan, NullLogger) AfterFiveSeconds = (TimeSpan.FromSeconds(5), NullLogger.Instance);
    private readonly HandClock _clock = new();
    private int _reads;
    private bool _fails;

    [Fact]
    public async Task ReadAsync_WithinAMinute_IsReadOnceForEverybody()
    {
        RecentAnswers<string, object> answers = new(ReadAsync, _clock);
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => answers.ReadAsync("one")));
        _clock.Passed += TimeSpan.FromSeconds(59);
        Assert.Same(all[^1], await answers.ReadAsync("one"));
        Assert.Equal(1, _reads);
        Assert.NotSame(all[^1], await answers.ReadAsync("two"));
        _clock.Passed += TimeSpan.FromSeconds(1);
        Assert.NotSame(all[^1], await answers.ReadAsync("one"));
        Assert.Equal(3, _reads);
    }

    [Fact]
    public async Task ReadAsync_Renewed_GivesTheOldOneAndReadsANewOne()
    {
        RecentAnswers<string, object> answers = new(ReadAsync, _clock, AfterFiveSeconds);
        var old = await answers.ReadAsync("one");
        _clock.Passed += TimeSpan.FromSeconds(4);
        Assert.Same(old, await answers.ReadAsync("one"));
        Assert.Equal(1, _reads);
        _clock.Passed += TimeSpan.FromSeconds(1);
        Assert.Same(old, await answers.ReadAsync("one"));
        await Wait.UntilAsync(async () => await answers.ReadAsync("one") != old, "the answer is new");
        Assert.Equal(2, _reads);
    }

    [Fact]
    public async Task ReadAsync_RenewalFails_GivesWhatIsAMinuteOldAtMost()
    {
        RecentAnswers<string, object> answers = new(ReadAsync, _clock, AfterFiveSeconds);
        var old = await answers.ReadAsync("one");
        _fails = true;
        for (var second = 10; second < 60; second += 10)
        {
            _clock.Passed = TimeSpan.FromSeconds(second);
            Assert.Same(old, await answers.ReadAsync("one"));
        }
        _clock.Passed = TimeSpan.FromMinutes(1);
        await Assert.ThrowsAsync<TimeoutException>(() => answers.ReadAsync("one"));

        _fails = false;
        Assert.NotSame(old, await answers.ReadAsync("one")); // the failure is not kept
    }

    [Fact]
    public async Task ReadAsync_OneStopsWaiting_TheOthersGetTheAnswer()
    {
        TaskCompletionSource<object> reading = new();
        RecentAnswers<string, object> answers = new(_ => reading.Task, _clock);
        using CancellationTokenSource gone = new();
        var (left, stayed) = (answers.ReadAsync("one", gone.Token), answers.ReadAsync("one"));
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        reading.SetResult("answer");
        Assert.Equal("answer", await stayed);
    }

    private Task<object> ReadAsync(string question)
    {
        Interlocked.Increment(ref _reads);
        return _fails ? Task.FromException<object>(new TimeoutException()) : Task.FromResult(new object());
    }

    private sealed class HandClock : TimeProvider
    {
        public TimeSpan Passed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Passed.Ticks;
    }
}
