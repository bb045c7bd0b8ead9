using System.Buffers;
using System.Diagnostics.Metrics;
using FaceAd.Web.Frames;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Frames;

public sealed class FrameQueueTests
{
    private readonly FrameMeters _meters = new(
        new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    [Fact]
    public async Task Enqueue_ThreeFramesOfOneScreen_KeepsTheNewestAndCountsTheRest()
    {
        var queue = new FrameQueue(_meters, new AnalysisGaps());
        var screen = Guid.NewGuid();
        var frames = Enumerable.Range(0, 3).Select(i => Frame(screen, i)).ToList();
        foreach (var frame in frames) queue.Enqueue(frame);

        Assert.Equal(1, queue.Depth);
        byte taken = 0;
        await queue.TakeAsync(frame => Take(frame, out taken), TestContextToken());
        Assert.Equal(2, taken);
        Assert.Equal(2, _meters.DroppedTotal);
        Assert.Equal(0, queue.Depth);
        Assert.All(frames, frame => Assert.True(IsDisposed(frame)));
    }

    [Fact]
    public async Task Enqueue_WhileAnotherScreenFloods_KeepsBothTurns()
    {
        var queue = new FrameQueue(_meters, new AnalysisGaps());
        var (busy, calm) = (Guid.NewGuid(), Guid.NewGuid());
        for (var i = 0; i < 100; i++) queue.Enqueue(Frame(busy, i));
        queue.Enqueue(Frame(calm, 7));
        HashSet<Guid> seen = [];
        for (var i = 0; i < 2; i++)
        {
            await queue.TakeAsync(frame =>
            {
                seen.Add(frame.ScreenId);
                return ValueTask.CompletedTask;
            }, TestContextToken());
        }
        Assert.Equal([busy, calm], seen);
    }

    [Fact]
    public async Task TakeAsync_ScreenIsBeingAnalysed_HandsItToNoSecondWorker()
    {
        var queue = new FrameQueue(_meters, new AnalysisGaps());
        var screen = Guid.NewGuid();
        queue.Enqueue(Frame(screen, 1));
        var release = new TaskCompletionSource();
        var first = queue.TakeAsync(_ => new ValueTask(release.Task), TestContextToken());
        queue.Enqueue(Frame(screen, 2));
        Assert.Equal(0, queue.Depth); // not offered while the first is in work
        release.SetResult();
        await first;
        Assert.Equal(1, queue.Depth);
    }

    [Fact]
    public async Task TakeAsync_AnalysisThrows_DisposesTheFrameAndGoesOn()
    {
        var queue = new FrameQueue(_meters, new AnalysisGaps());
        var frame = Frame(Guid.NewGuid(), 1);
        queue.Enqueue(frame);
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            queue.TakeAsync(_ => throw new InvalidOperationException(), TestContextToken()));
        Assert.True(IsDisposed(frame));
        queue.Enqueue(Frame(frame.ScreenId, 2));
        Assert.Equal(1, queue.Depth);
    }

    private static CancellationToken TestContextToken() => new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token;

    private static PendingFrame Frame(Guid screen, int value)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16);
        buffer[0] = (byte)value;
        return new PendingFrame(screen, DateTimeOffset.UnixEpoch, buffer, 1);
    }

    private static ValueTask Take(PendingFrame frame, out byte value)
    {
        value = frame.Jpeg[0];
        return ValueTask.CompletedTask;
    }

    // A disposed frame has no buffer: its span of one byte cannot be made.
    private static bool IsDisposed(PendingFrame frame)
    {
        try
        {
            return frame.Jpeg.Length == 0;
        }
        catch (ArgumentOutOfRangeException)
        {
            return true;
        }
    }
}
