using FaceAd.Core;

namespace FaceAd.Player.Sensors;

/// <summary>
/// Combines the screen's sensors. They only speed up or slow down the examination of frames: an audience opens and closes by analysed
/// frames alone. A sensor whose state is unknown counts as absent. Reads no clock. Thread-safe.
/// </summary>
sealed class CabinOccupancy(PlayerSettings settings)
{
    /// <summary>How long an appearance counts as new. The camera delivers a frame in that time; then the motion gate takes over.</summary>
    public static readonly TimeSpan Wake = TimeSpan.FromSeconds(1);

    readonly SensorTrack[] _tracks = [.. settings.Sensors.Select(SensorTrack (s) => s.Kind switch
    {
        SensorKind.Motion => new MotionTrack(),
        SensorKind.Distance => new DistanceTrack(settings.SensorNear),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), s.Kind, "Unknown kind of sensor."),
    })];

    readonly Lock _lock = new();
    bool _audience;

    /// <summary>Takes a sensor's reading.</summary>
    /// <param name="sensor">Index of the sensor in the settings.</param>
    /// <param name="reading">The reading.</param>
    /// <param name="at">Time of the reading.</param>
    public void Take(int sensor, SensorReading reading, TimeSpan at)
    {
        lock (_lock) _tracks[sensor].Take(reading, at);
    }

    /// <summary>Marks a sensor as failed.</summary>
    /// <param name="sensor">Index of the sensor.</param>
    /// <param name="at">Time of the failure.</param>
    public void Fail(int sensor, TimeSpan at)
    {
        lock (_lock) _tracks[sensor].Fail(at);
    }

    /// <summary>Whether the state of a sensor is known.</summary>
    /// <param name="sensor">Index of the sensor.</param>
    /// <param name="now">Current time.</param>
    public bool IsKnown(int sensor, TimeSpan now)
    {
        lock (_lock) return _tracks[sensor].State(now) != SensorState.Unknown;
    }

    /// <summary>The combined state of the sensors.</summary>
    /// <param name="now">Current time.</param>
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

    /// <summary>The sensors' part of the heartbeat; null when there are none.</summary>
    /// <param name="now">Current time.</param>
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
