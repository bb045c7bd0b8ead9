using FaceAd.Core;

namespace FaceAd.Demo.History.Riders;

/// <summary>Somebody who rides. The face is a direction without a picture, and what a camera saw of it lies near it.</summary>
/// <param name="Segment">The true segment.</param>
/// <param name="Face">Unit vector.</param>
/// <param name="Interest">How much of the time this person looks at a screen, 0..1.</param>
sealed record Passenger(Segment Segment, float[] Face, double Interest);
