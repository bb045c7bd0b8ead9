using System.Diagnostics;
using System.Threading.Channels;
using FaceAd.Core;
using FaceAd.Web.Hosting;
using FaceAd.Web.Screens;

namespace FaceAd.Web.Frames;

/// <summary>An audience report that waits to be written.</summary>
/// <param name="Screen">The screen.</param>
/// <param name="Report">What was seen there.</param>
/// <param name="Written">Completes with the commit; null when no one waits for it.</param>
sealed record QueuedReport(ScreenEntry Screen, AudienceReport Report, TaskCompletionSource? Written)
{
    /// <summary>The trace of the frame behind it.</summary>
    public ActivityContext Trace { get; } = Traces.Current;
}

/// <summary>
/// Audience reports of either origin on their way to the database. A report is queued before anything reacts to it, so a fault in a
/// reaction, such as the choice of an ad, cannot lose it.
/// </summary>
sealed class ReportQueue(ILogger<ReportQueue> log)
{
    /// <summary>The most reports that wait.</summary>
    public const int Capacity = 4096;

    private readonly Channel<QueuedReport> _reports = Channel.CreateBounded<QueuedReport>(new BoundedChannelOptions(Capacity)
    {
        FullMode = BoundedChannelFullMode.Wait, // frames wait; memory does not grow
        SingleReader = true,
    });

    /// <summary>Told after a report was queued, in order for one screen.</summary>
    public Subscribers<QueuedReport> Queued { get; } = new("audience report", log);

    internal ChannelReader<QueuedReport> Reader => _reports.Reader;

    /// <summary>
    /// Queues a report; waits while the queue is full. Once the server is stopping, an open presence loses its last second at most.
    /// </summary>
    /// <param name="screen">The screen.</param>
    /// <param name="report">A valid report.</param>
    public async ValueTask AddAsync(ScreenEntry screen, AudienceReport report)
    {
        var queued = new QueuedReport(screen, report, null);
        try
        {
            await _reports.Writer.WriteAsync(queued);
        }
        catch (ChannelClosedException)
        {
            return;
        }
        Queued.Tell(queued);
    }

    /// <summary>Queues a report unless the queue is full or closed.</summary>
    /// <param name="queued">The report.</param>
    public bool TryAdd(QueuedReport queued)
    {
        if (!_reports.Writer.TryWrite(queued)) return false;
        Queued.Tell(queued);
        return true;
    }

    internal void Close() => _reports.Writer.TryComplete();
}
