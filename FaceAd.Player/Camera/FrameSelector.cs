namespace FaceAd.Player.Camera;

/// <summary>
/// Selects the frames worth analysing: none from an empty cabin; at once the first sharp one when something moves after a
/// quiet period; then the sharpest of each short window during motion and shortly after it; and at least two a second
/// while an audience is open. Pure: takes a frame's measures and time, returns the decision.
/// </summary>
sealed class FrameSelector
{
    /// <summary>Length of a window during motion.</summary>
    public static readonly TimeSpan MovingWindow = TimeSpan.FromMilliseconds(300);

    /// <summary>Longest time between two selected frames while nothing moves and an audience is open.</summary>
    public static readonly TimeSpan StillWindow = TimeSpan.FromMilliseconds(500);

    /// <summary>How long selection continues after the last motion, so that analysis can see that the cabin is empty.</summary>
    public static readonly TimeSpan Afterglow = TimeSpan.FromSeconds(3);

    /// <summary>Longest time between two examined frames while the sensors report an empty cabin. They may be wrong.</summary>
    public static readonly TimeSpan RestWindow = TimeSpan.FromSeconds(1);

    /// <summary>A first frame is sharp enough at this share of the camera's usual sharpness.</summary>
    public const double SharpEnough = 0.6;

    DateTimeOffset _lastMotion = DateTimeOffset.MinValue;
    DateTimeOffset _windowStart;
    DateTimeOffset _lastFrame = DateTimeOffset.MinValue;
    DateTimeOffset _lastLook = DateTimeOffset.MinValue;
    double _interval;
    double _usualSharpness;
    double _heldSharpness;
    bool _active;
    bool _holding;
    bool _opening;

    /// <summary>
    /// Whether the next frame can be skipped unexamined: the sensors report an empty cabin, and the frames before showed nothing
    /// either. Otherwise pass it to <see cref="Offer"/>.
    /// </summary>
    /// <param name="at">Its capture time.</param>
    /// <param name="rests">Whether the sensors report an empty cabin.</param>
    /// <param name="audienceOpen">Whether an audience is open.</param>
    public bool Rests(DateTimeOffset at, bool rests, bool audienceOpen)
    {
        if (!rests || audienceOpen || _active || at - _lastLook >= RestWindow) return false;
        Pace(at);
        return true;
    }

    /// <summary>Decides what to do with the next frame.</summary>
    /// <param name="at">Its capture time, not before that of the previous frame.</param>
    /// <param name="motion">Whether it differs from the background, or a sensor has just detected someone.</param>
    /// <param name="sharpness">Its sharpness, see <see cref="ImageMeasures.Sharpness"/>.</param>
    /// <param name="audienceOpen">Whether an audience is open.</param>
    public Selection Offer(DateTimeOffset at, bool motion, double sharpness, bool audienceOpen)
    {
        Pace(at);
        _lastLook = at;
        if (motion) _lastMotion = at;

        var active = audienceOpen || (_lastMotion != DateTimeOffset.MinValue && at - _lastMotion < Afterglow);
        if (!active)
        {
            (_active, _holding) = (false, false);
            _usualSharpness = _usualSharpness == 0 ? sharpness : _usualSharpness * 0.9 + sharpness * 0.1;
            return Selection.Idle;
        }
        if (!_active) (_active, _opening, _holding, _windowStart) = (true, true, false, at);

        var sharper = !_holding || sharpness >= _heldSharpness;
        var enough = _opening && sharpness >= SharpEnough * _usualSharpness;
        if (!enough && !Closes(at))
        {
            if (!sharper) return Selection.Skip;
            (_holding, _heldSharpness) = (true, sharpness);
            return Selection.Hold;
        }
        (_opening, _holding, _windowStart) = (false, false, at);
        return sharper ? Selection.Send : Selection.SendHeld;
    }

    void Pace(DateTimeOffset at)
    {
        if (_lastFrame != DateTimeOffset.MinValue)
        {
            var interval = Math.Clamp((at - _lastFrame).TotalMilliseconds, 0, 1000);
            _interval = _interval == 0 ? interval : _interval * 0.8 + interval * 0.2;
        }
        _lastFrame = at;
    }

    // A moving window closes with the first frame at or after its end; a still one as soon as the next frame would be too late.
    bool Closes(DateTimeOffset at) => at - _lastMotion < MovingWindow
        ? at - _windowStart >= MovingWindow
        : at - _windowStart + TimeSpan.FromMilliseconds(_interval) > StillWindow;
}
