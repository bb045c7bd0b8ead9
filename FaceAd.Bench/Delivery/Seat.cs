using FaceAd.Core;

namespace FaceAd.Bench.Delivery;

/// <summary>A rider during a slot.</summary>
/// <param name="Person">Number of the person in the trace, from 0.</param>
/// <param name="Known">Whether the person is recognised when the ad is chosen.</param>
/// <param name="Truth">The true segment.</param>
/// <param name="Estimate">What the camera makes of it; null when it sees no usable face.</param>
/// <param name="Counted">The segment by which exposures are counted: the estimate's, if it is confident enough.</param>
/// <param name="InView">Whether the rider is in view when the ad is chosen; others come in while it plays.</param>
/// <param name="Exposed">Whether the rider is in view for the exposure threshold.</param>
readonly record struct Seat(int Person, bool Known, Segment Truth, SegmentProbabilities? Estimate, Segment Counted, bool InView,
    bool Exposed);
