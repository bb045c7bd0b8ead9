using FaceAd.Core;

namespace FaceAd.Player.Sensors;

/// <summary>What the sensors mean for the camera's work at one moment. Nothing at all where there are none, or none is believed.</summary>
/// <param name="Wakes">Somebody has just appeared: analyse at once.</param>
/// <param name="Rests">Nobody is there: looking at a frame now and then is enough.</param>
/// <param name="Emptied">
/// The people were seen to leave. It never ends an audience by itself: it shortens the wait when analysed frames show no face either, see
/// <see cref="Inference.Presence.PresenceMachine"/>.
/// </param>
internal readonly record struct CabinState(bool Wakes, bool Rests, bool Emptied);

/// <summary>
/// The screen's sensors together. They speed the camera's work up or let it rest, and nothing else: an audience opens and ends by analysed
/// frames alone. A sensor whose state is unknown counts as absent. Pure but for its lock, which makes it thread-safe.
/// </summary>
internal sealed class Cabin(PlayerSettings settings)
{
    /// <summary>How long an appearance wakes. A camera delivers a frame in this time; then its own motion gate goes on.</summary>
    public static readonly TimeSpan Wake = TimeSpan.FromSeconds(1);

    readonly SensorTrack[] _tracks =
        [.. settings.Sensors.Select(SensorTrack (s) => s.Kind == SensorKind.Motion ? new MotionTrack() : new DistanceTrack(settings.SensorNear))];

    readonly Lock _lock = new();
    bool _audience;

    /// <summary>Takes a sensor's answer.</summary>
    /// <param name="sensor">Which, by its place in the settings.</param>
    /// <param name="reading">The answer.</param>
    /// <param name="at">When it came.</param>
    public void Take(int sensor, SensorReading reading, TimeSpan at)
    {
        lock (_lock) _tracks[sensor].Take(reading, at);
    }

    /// <summary>A sensor has failed.</summary>
    /// <param name="sensor">Which.</param>
    /// <param name="at">When.</param>
    public void Fail(int sensor, TimeSpan at)
    {
        lock (_lock) _tracks[sensor].Fail(at);
    }

    /// <summary>Whether a sensor is believed.</summary>
    /// <param name="sensor">Which.</param>
    /// <param name="now">Now.</param>
    public bool IsKnown(int sensor, TimeSpan now)
    {
        lock (_lock) return _tracks[sensor].State(now) != SensorState.Unknown;
    }

    /// <summary>What the sensors mean now.</summary>
    /// <param name="now">Now.</param>
    /// <param name="audience">Whether frames have shown an audience that is still open.</param>
    public CabinState Look(TimeSpan now, bool audience)
    {
        lock (_lock)
        {
            if (audience && !_audience)
            {
                foreach (var track in _tracks) track.AudienceOpened(now);
            }
            _audience = audience;
            var known = _tracks.Where(t => t.State(now) != SensorState.Unknown).ToList();
            var distances = known.OfType<DistanceTrack>().ToList();
            return new CabinState(
                Wakes: known.Any(t => t.State(now) == SensorState.Present && now - t.AppearedAt < Wake),
                Rests: known.Count > 0 && known.All(t => t.State(now) == SensorState.Empty),
                Emptied: distances.Any(d => d.SawThemLeave(now)) && distances.All(d => d.State(now) == SensorState.Empty));
        }
    }

    /// <summary>What the heartbeat says of them; null where there are none.</summary>
    /// <param name="now">Now.</param>
    public IReadOnlyList<SensorReport>? Report(TimeSpan now)
    {
        if (_tracks.Length == 0) return null;
        lock (_lock)
        {
            return [.. _tracks.Select(t => t.State(now) is var state && state != SensorState.Unknown
                ? new SensorReport(t.Kind, state, t.Metres is { } metres ? Math.Min(metres, SensorReport.MostMetres) : null)
                : new SensorReport(t.Kind, SensorState.Unknown, null))];
        }
    }
}
