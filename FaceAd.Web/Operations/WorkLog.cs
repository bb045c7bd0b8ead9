using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FaceAd.Web.Players;

namespace FaceAd.Web.Operations;

/// <summary>
/// One line every ten minutes says how much was done, in place of a line for each frame, decision and play. It counts by the app's own
/// meters.
/// </summary>
sealed class WorkLog : BackgroundService
{
    private const string Frames = "facead.frames.received", Dropped = "facead.frames.dropped", Decisions = "facead.decisions.time",
        Pushes = "facead.pushes", Plays = "facead.plays";

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);
    private static readonly string[] Counted = [Frames, Dropped, Decisions, Pushes, Plays];

    private readonly ConcurrentDictionary<string, long> _counts = new();
    private readonly MeterListener _listener = new();
    private readonly ScreenConnections _connections;
    private readonly TimeProvider _time;
    private readonly ILogger<WorkLog> _log;

    /// <summary>Counts from now on.</summary>
    public WorkLog(IMeterFactory meters, ScreenConnections connections, TimeProvider time, ILogger<WorkLog> log)
    {
        (_connections, _time, _log) = (connections, time, log);
        // Only this app's: other apps of the same process have meters of the same names.
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters && Counted.Contains(instrument.Name)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Count(instrument.Name, value));
        _listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => Count(instrument.Name, 1)); // a histogram: its recordings
        _listener.Start();
    }

    public override void Dispose()
    {
        _listener.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) RunCycle();
    }

    internal void RunCycle()
    {
        var (frames, dropped, decisions) = (Take(Frames), Take(Dropped), Take(Decisions));
        var (pushes, plays, screens) = (Take(Pushes), Take(Plays), _connections.Connected.Count);
        _log.LogInformation(
            "In the last ten minutes: {Frames} frames received, {Dropped} not analysed, {Decisions} decisions, {Pushes} commands sent, {Plays} plays committed; {Screens} screens are connected",
            frames, dropped, decisions, pushes, plays, screens);
    }

    private void Count(string name, long value) => _counts.AddOrUpdate(name, value, (_, sum) => sum + value);

    private long Take(string name) => _counts.TryRemove(name, out var sum) ? sum : 0;
}
