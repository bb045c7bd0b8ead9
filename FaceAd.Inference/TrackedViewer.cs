using FaceAd.Core;
using FaceAd.Inference.Tracking;

namespace FaceAd.Inference;

/// <summary>What an observer keeps of one track beside its presence: estimates, views, identity.</summary>
sealed class TrackedViewer(Guid presenceId, AgeBands bands, int ages)
{
    readonly List<byte[]> _newViews = new(PresenceReport.MaxViews);
    DateTimeOffset _nextEstimate = DateTimeOffset.MinValue;
    DateTimeOffset _nextView = DateTimeOffset.MinValue;
    int _views;

    public Guid PresenceId { get; } = presenceId;

    public EstimateFusion Fusion { get; } = new(bands, ages);

    public double FaceArea { get; set; }

    /// <summary>Top segment in the last report.</summary>
    public Segment Reported { get; set; }

    public Segment Top => Fusion.Current?.Segments.Top ?? Segment.Unknown;

    public bool WantsEstimate(DateTimeOffset at, AudienceObserverOptions options) =>
        Fusion.Frames < options.EagerEstimates || at >= _nextEstimate;

    public bool WantsView(DateTimeOffset at) => _views < PresenceReport.MaxViews && at >= _nextView;

    public void AddEstimate(ReadOnlySpan<float> ages, double male, double weight, DateTimeOffset at, AudienceObserverOptions options)
    {
        Fusion.Add(ages, male, weight);
        _nextEstimate = at + options.EstimateEvery;
    }

    public void AddView(ReadOnlySpan<float> embedding, DateTimeOffset at, AudienceObserverOptions options)
    {
        var view = new byte[embedding.Length * 2];
        for (var i = 0; i < embedding.Length; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteHalfLittleEndian(view.AsSpan(2 * i), (Half)embedding[i]);
        _newViews.Add(view);
        _nextView = at + options.FirstViewGap * Math.Pow(2, _views++);
    }

    /// <summary>Views not reported yet.</summary>
    public int WaitingViews => _newViews.Count;

    /// <summary>Views already reported.</summary>
    public int ToldViews => _views - _newViews.Count;

    /// <summary>Removes and returns the oldest views not reported yet.</summary>
    public IReadOnlyList<byte[]> TakeViews(int count)
    {
        if (count == 0) return [];
        byte[][] views = [.. _newViews.Take(count)];
        _newViews.RemoveRange(0, count);
        return views;
    }
}
