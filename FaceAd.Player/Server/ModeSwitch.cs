using FaceAd.Core;

namespace FaceAd.Player.Server;

/// <summary>
/// Decides when a running player switches to the inference mode that the server asks for: between two appearances, see
/// <see cref="InferenceHandover"/>. Reads no clock: every call passes the time.
/// </summary>
sealed class ModeSwitch
{
    DateTimeOffset? _askedAt;

    /// <summary>Where frames are analysed now; null before the first programme.</summary>
    public InferenceMode? Current { get; private set; }

    /// <summary>Shifts the stored time, because the clock was stepped.</summary>
    public void Shift(TimeSpan step) => _askedAt += step;

    /// <summary>Switches to the wanted mode if it is time.</summary>
    /// <param name="wanted">The mode in the programme.</param>
    /// <param name="audienceOpen">Whether an audience is open.</param>
    /// <param name="lastFrame">When a frame was last worth analysing; null when there was none.</param>
    /// <param name="now">Current time, not before that of the previous call.</param>
    /// <returns>Whether <see cref="Current"/> has changed.</returns>
    public bool Offer(InferenceMode wanted, bool audienceOpen, DateTimeOffset? lastFrame, DateTimeOffset now)
    {
        if (wanted == Current)
        {
            _askedAt = null;
            return false;
        }
        _askedAt ??= now;
        var quiet = !audienceOpen && (lastFrame is null || now - lastFrame >= InferenceHandover.Quiet);
        if (Current is not null && !quiet && now - _askedAt < InferenceHandover.Patience) return false;
        (Current, _askedAt) = (wanted, null);
        return true;
    }
}
