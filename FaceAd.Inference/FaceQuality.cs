using FaceAd.Core;
using FaceAd.Inference.Tracking;

namespace FaceAd.Inference;

/// <summary>
/// How far a face can be trusted, from its size, sharpness and pose. The numbers follow what was measured on labelled faces made
/// small, blurred, noisy and coarse: how much an estimate then tells of age band and gender (see models/fr_landmark.md).
/// </summary>
static class FaceQuality
{
    /// <summary>Sharpness from which more says no more.</summary>
    const float AmpleSharpness = 0.055f;

    /// <summary>What a face without any sharpness would still tell, of what a sharp one does; in between it is a straight line.</summary>
    const float BlurredShare = 0.3f;

    /// <summary>Degrees up to which a turn takes nothing away, and at which a face counts a tenth. The first was measured, the second not.</summary>
    const float HarmlessAngle = 40, ProfileAngle = 70;

    /// <summary>Whether a face is worth classifying.</summary>
    public static bool CanBeClassified(Face face, AudienceObserverOptions options) =>
        face.Box.LongerSide >= options.SmallestFace && face.Sharpness >= options.LeastSharpness;

    /// <summary>Whether a face is worth embedding: only good views may speak for a person.</summary>
    public static bool CanBeEmbedded(Face face, AudienceObserverOptions options) =>
        CanBeClassified(face, options) && face.Box.LongerSide >= options.SmallestView && face.Sharpness >= options.LeastViewSharpness
        && MathF.Abs(face.Pose.Yaw) <= options.LargestViewAngle && MathF.Abs(face.Pose.Pitch) <= options.LargestViewAngle;

    /// <summary>
    /// Weight of a face in the fusion over its track, more than 0 and at most 1. Size is in the sharpness already: a face smaller
    /// than the crop that sharpness is measured on is enlarged for it.
    /// </summary>
    public static double Weight(Face face)
    {
        var sharpness = BlurredShare + (1 - BlurredShare) * Math.Clamp(face.Sharpness / AmpleSharpness, 0, 1);
        var angle = MathF.Max(MathF.Abs(face.Pose.Yaw), MathF.Abs(face.Pose.Pitch));
        return sharpness * Math.Clamp(1 - 0.9f * (angle - HarmlessAngle) / (ProfileAngle - HarmlessAngle), 0.1f, 1);
    }
}

/// <summary>What an observer knows of one track beyond its presence: estimates, views, identity.</summary>
sealed class TrackedViewer(Guid presenceId, AgeBands bands, int ages)
{
    readonly List<byte[]> _newViews = new(PresenceReport.MaxViews);
    DateTimeOffset _nextEstimate = DateTimeOffset.MinValue;
    DateTimeOffset _nextView = DateTimeOffset.MinValue;
    int _views;

    public Guid PresenceId { get; } = presenceId;

    public EstimateFusion Fusion { get; } = new(bands, ages);

    public double FaceArea { get; set; }

    /// <summary>Top segment in the newest report.</summary>
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

    /// <summary>Views that no report has told yet.</summary>
    public int WaitingViews => _newViews.Count;

    /// <summary>Views that reports have told.</summary>
    public int ToldViews => _views - _newViews.Count;

    /// <summary>The oldest views that wait: each is handed out once.</summary>
    public IReadOnlyList<byte[]> TakeViews(int count)
    {
        if (count == 0) return [];
        byte[][] views = [.. _newViews.Take(count)];
        _newViews.RemoveRange(0, count);
        return views;
    }
}
