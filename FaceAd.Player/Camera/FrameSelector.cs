namespace FaceAd.Player.Camera;

/// <summary>What becomes of a frame.</summary>
internal enum Selection
{
    /// <summary>Nothing is there to be seen. The cabin counts as watched.</summary>
    Idle,

    /// <summary>Not as sharp as the one that is held.</summary>
    Skip,

    /// <summary>The sharpest of its window so far: hold it.</summary>
    Hold,

    /// <summary>Send this one and drop what is held.</summary>
    Send,

    /// <summary>Send the one that is held and drop this one.</summary>
    SendHeld,
}

/// <summary>
/// Chooses the frames worth analysing: none from an empty cabin; the first sharp one when something moves after a
/// quiet time, at once; then the sharpest of each short window while anything moves, and for a while after; and at
/// least two a second while an audience is open. Pure: the frame's measures and the time come in, the choice goes out.
/// </summary>
internal sealed class FrameSelector
{
    /// <summary>Length of a window while something moves.</summary>
    public static readonly TimeSpan MovingWindow = TimeSpan.FromMilliseconds(300);

    /// <summary>The longest time between two chosen frames while nothing moves and an audience is open.</summary>
    public static readonly TimeSpan StillWindow = TimeSpan.FromMilliseconds(500);

    /// <summary>How long choosing goes on after the last motion, so that an empty cabin is seen to be empty.</summary>
    public static readonly TimeSpan Afterglow = TimeSpan.FromSeconds(3);

    /// <summary>The longest time between two frames that are looked at while sensors say that nobody is there: they may be wrong.</summary>
    public static readonly TimeSpan RestWindow = TimeSpan.FromSeconds(1);

    /// <summary>A first frame is sharp enough from this share of the usual sharpness of this camera.</summary>
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
    /// Whether the next frame need not be looked at, because sensors say that nobody is there and the frames before showed nobody either.
    /// If not, offer it.
    /// </summary>
    /// <param name="at">Its capture time.</param>
    /// <param name="rests">What the sensors say.</param>
    /// <param name="audienceOpen">Whether an audience is open.</param>
    public bool Rests(DateTimeOffset at, bool rests, bool audienceOpen)
    {
        if (!rests || audienceOpen || _active || at - _lastLook >= RestWindow) return false;
        Pace(at);
        return true;
    }

    /// <summary>Offers the next frame.</summary>
    /// <param name="at">Its capture time, not before the one of the frame before.</param>
    /// <param name="motion">Whether it differs from the background, or a sensor says that somebody has come.</param>
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

    // A moving window closes with the first frame at or after its end; a still one before the next frame would be too late.
    bool Closes(DateTimeOffset at) => at - _lastMotion < MovingWindow
        ? at - _windowStart >= MovingWindow
        : at - _windowStart + TimeSpan.FromMilliseconds(_interval) > StillWindow;
}
