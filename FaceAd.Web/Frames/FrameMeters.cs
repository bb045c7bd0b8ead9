using System.Diagnostics.Metrics;
using FaceAd.Inference;

namespace FaceAd.Web.Frames;

/// <summary>Counters and times of frame analysis, under the meter <c>FaceAd.Frames</c>.</summary>
sealed class FrameMeters
{
    private readonly Meter _meter;
    private readonly Counter<long> _received;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _invalid;
    private readonly Counter<long> _late;
    private readonly Histogram<double> _stage;

    /// <summary>Makes the instruments.</summary>
    /// <param name="factory">Where meters come from.</param>
    public FrameMeters(IMeterFactory factory)
    {
        var meter = factory.Create("FaceAd.Frames");
        _received = meter.CreateCounter<long>("facead.frames.received");
        _dropped = meter.CreateCounter<long>("facead.frames.dropped");
        _invalid = meter.CreateCounter<long>("facead.frames.invalid");
        _late = meter.CreateCounter<long>("facead.frames.late");
        _stage = meter.CreateHistogram<double>("facead.frames.stage", "ms");
        _meter = meter;
    }

    /// <summary>Frames dropped before a worker had time, since the start.</summary>
    public long DroppedTotal => Interlocked.Read(ref _droppedTotal);

    private long _droppedTotal;

    internal void Queued(Func<int> depth) => _meter.CreateObservableGauge("facead.frames.queued", depth);

    /// <summary>A frame was taken in.</summary>
    /// <param name="screenId">Who sent it.</param>
    public void Received(Guid screenId) => _received.Add(1, new KeyValuePair<string, object?>("screen", screenId));

    /// <summary>A frame was not analysed: a newer one replaced it, or its screen was switched over while it waited.</summary>
    /// <param name="screenId">Who sent it.</param>
    public void Dropped(Guid screenId)
    {
        Interlocked.Increment(ref _droppedTotal);
        _dropped.Add(1, new KeyValuePair<string, object?>("screen", screenId));
    }

    /// <summary>A frame could not be analysed.</summary>
    /// <param name="screenId">Who sent it.</param>
    public void Invalid(Guid screenId) => _invalid.Add(1, new KeyValuePair<string, object?>("screen", screenId));

    /// <summary>A frame was ignored: one of the same capture time or newer had been analysed.</summary>
    /// <param name="screenId">Who sent it.</param>
    public void Late(Guid screenId) => _late.Add(1, new KeyValuePair<string, object?>("screen", screenId));

    /// <summary>A frame was analysed in so much time.</summary>
    /// <param name="timings">Time per stage.</param>
    public void Stages(StageTimings timings)
    {
        Stage("decode", timings.Decode);
        Stage("crop", timings.Crop);
        Stage("detect", timings.Detect);
        Stage("search", timings.Search);
        Stage("landmarks", timings.Landmarks);
        Stage("age-gender", timings.AgeGender);
        Stage("embed", timings.Embed);
        Stage("track", timings.Track);
        Stage("turn", timings.Turn);
    }

    private void Stage(string stage, TimeSpan time) =>
        _stage.Record(time.TotalMilliseconds, new KeyValuePair<string, object?>("stage", stage));
}
