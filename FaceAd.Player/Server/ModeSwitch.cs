using FaceAd.Core;

namespace FaceAd.Player.Server;

/// <summary>
/// Decides when a running player changes over to where the server wants its frames analysed: between two appearances, see
/// <see cref="InferenceHandover"/>. Pure: what is known comes in with every call.
/// </summary>
internal sealed class ModeSwitch
{
    DateTimeOffset? _askedAt;

    /// <summary>Where frames are analysed now; null before the first programme.</summary>
    public InferenceMode? Current { get; private set; }

    /// <summary>The clock was stepped.</summary>
    public void Shift(TimeSpan step) => _askedAt += step;

    /// <summary>Looks whether it is time.</summary>
    /// <param name="wanted">What the programme says.</param>
    /// <param name="audienceOpen">Whether an audience is open.</param>
    /// <param name="lastFrame">When a frame was last worth analysing; null when none ever was.</param>
    /// <param name="now">Now, not before the call before.</param>
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
