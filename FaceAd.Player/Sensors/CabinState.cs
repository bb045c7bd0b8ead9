
namespace FaceAd.Player.Sensors;

/// <summary>What the sensors tell the camera at one moment. All false when there are no sensors, or none with a known state.</summary>
/// <param name="Wakes">Someone has just appeared: select a frame at once.</param>
/// <param name="Rests">The cabin is empty: examining an occasional frame is enough.</param>
/// <param name="Emptied">
/// People were seen to leave. This never ends an audience by itself: it shortens the wait once analysed frames show no face either,
/// see <see cref="Inference.Presence.PresenceMachine"/>.
/// </param>
readonly record struct CabinState(bool Wakes, bool Rests, bool Emptied);
