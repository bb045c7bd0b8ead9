using FaceAd.Core;
using FaceAd.Web.Audiences.Persons;

namespace FaceAd.Bench.Delivery;

/// <summary>Somebody in view of a screen, from the first sighting to the last.</summary>
/// <param name="From">First sighting.</param>
/// <param name="To">Last sighting, excluded.</param>
/// <param name="Person">Number of the person in the trace, from 0.</param>
/// <param name="Known">Whether the person is recognised in time for a choice.</param>
/// <param name="Truth">The true segment; unknown in what was recorded.</param>
/// <param name="Estimate">What the camera makes of it; null when it sees no usable face.</param>
readonly record struct Stay(DateTimeOffset From, DateTimeOffset To, int Person, bool Known, Segment Truth, SegmentProbabilities? Estimate)
{
    /// <summary>The segment by which exposures are counted.</summary>
    public Segment Counted => Estimate is { } e && e.Confidence >= PersonRegister.MinSegmentConfidence ? e.Top : Segment.Unknown;
}
