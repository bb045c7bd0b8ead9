using System.Collections.Concurrent;
using System.Threading.Channels;

namespace FaceAd.Web.Frames;

/// <summary>
/// Frames that wait for a worker: at most one per screen, the newest; a replaced one is disposed and counted.
/// So memory is bounded by the number of screens, and a busy screen cannot push out another.
/// A screen is handed to one worker at a time.
/// </summary>
sealed class FrameQueue
{
    private readonly FrameMeters _meters;
    private readonly AnalysisGaps _gaps;
    private readonly ConcurrentDictionary<Guid, Slot> _slots = new();
    private readonly Channel<Slot> _ready = Channel.CreateUnbounded<Slot>(); // at most one entry per screen

    /// <summary>Makes an empty queue, whose depth is measured from now on.</summary>
    public FrameQueue(FrameMeters meters, AnalysisGaps gaps)
    {
        (_meters, _gaps) = (meters, gaps);
        meters.Queued(() => Depth);
    }

    /// <summary>Screens that wait for a worker.</summary>
    public int Depth => _ready.Reader.Count;

    /// <summary>Takes a frame in. Never waits.</summary>
    /// <param name="frame">The frame; the queue disposes it in the end.</param>
    public void Enqueue(PendingFrame frame)
    {
        var slot = _slots.GetOrAdd(frame.ScreenId, static _ => new Slot());
        bool wake;
        PendingFrame? replaced;
        lock (slot)
        {
            replaced = slot.Pending;
            slot.Pending = frame;
            wake = !slot.Scheduled;
            slot.Scheduled = true;
        }
        if (replaced is not null)
        {
            replaced.Dispose();
            _meters.Dropped(frame.ScreenId);
            _gaps.Dropped(frame.ScreenId);
        }
        if (wake) _ready.Writer.TryWrite(slot);
    }

    /// <summary>Hands the next frame to <paramref name="analyse"/>, disposes it, and lets the screen queue again.</summary>
    /// <param name="analyse">Analyses one frame.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task TakeAsync(Func<PendingFrame, ValueTask> analyse, CancellationToken cancellation)
    {
        var slot = await _ready.Reader.ReadAsync(cancellation);
        PendingFrame? frame;
        lock (slot)
        {
            frame = slot.Pending;
            slot.Pending = null;
        }
        try
        {
            if (frame is not null) await analyse(frame);
        }
        finally
        {
            frame?.Dispose();
            bool again;
            lock (slot)
            {
                again = slot.Pending is not null;
                slot.Scheduled = again;
            }
            if (again) _ready.Writer.TryWrite(slot);
        }
    }

    // Guarded by itself. Scheduled: the slot is in the channel, or a worker holds it.
    private sealed class Slot
    {
        public PendingFrame? Pending;
        public bool Scheduled;
    }
}
