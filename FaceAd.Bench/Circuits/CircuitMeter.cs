using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace FaceAd.Bench.Circuits;

/// <summary>Counts the server's connected circuits and its computations for open pages, from its meters.</summary>
sealed class CircuitMeter : IDisposable
{
    const string ConnectedName = "aspnetcore.components.circuit.connected", KeptName = "aspnetcore.components.circuit.active";
    readonly MeterListener _listener = new();
    long _connected, _kept, _computations;

    /// <summary>Starts counting.</summary>
    public CircuitMeter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name is ConnectedName or KeptName or Web.Metrics.LiveFeedMeter.Computations)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            switch (instrument.Name)
            {
                case ConnectedName: Interlocked.Add(ref _connected, value); break;
                case KeptName: Interlocked.Add(ref _kept, value); break;
                default: Interlocked.Add(ref _computations, value); break;
            }
        });
        _listener.Start();
    }

    /// <summary>Number of circuits whose page is connected.</summary>
    public long Connected => Interlocked.Read(ref _connected);

    /// <summary>Number of computations so far.</summary>
    public long Computations => Interlocked.Read(ref _computations);

    /// <summary>Resets the counts of circuits to zero.</summary>
    public void Rebase()
    {
        Interlocked.Exchange(ref _connected, 0);
        Interlocked.Exchange(ref _kept, 0);
    }

    /// <summary>Waits until this many circuits are connected, or until a timeout.</summary>
    /// <returns>Whether there are at least this many.</returns>
    public Task<bool> UntilAsync(long count, TimeSpan patience, CancellationToken cancellation) =>
        UntilAsync(() => Connected >= count, patience, cancellation);

    /// <summary>
    /// Waits until the server has released every circuit, including those it keeps for pages to reconnect; or until a timeout.
    /// </summary>
    public Task UntilGoneAsync(TimeSpan patience, CancellationToken cancellation) =>
        UntilAsync(() => Interlocked.Read(ref _kept) == 0, patience, cancellation);

    static async Task<bool> UntilAsync(Func<bool> isReached, TimeSpan patience, CancellationToken cancellation)
    {
        for (var began = Stopwatch.GetTimestamp(); !isReached() && Stopwatch.GetElapsedTime(began) < patience;)
            await Task.Delay(50, cancellation);
        return isReached();
    }

    public void Dispose() => _listener.Dispose();
}
