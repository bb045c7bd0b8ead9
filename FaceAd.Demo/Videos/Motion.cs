namespace FaceAd.Demo.Videos;

/// <summary>How a layer enters.</summary>
enum Enter
{
    /// <summary>Visible from the start.</summary>
    None,

    /// <summary>Scales up from nothing with a slight overshoot.</summary>
    Pop,

    /// <summary>Slides in from the left.</summary>
    Left,

    /// <summary>Slides in from the right.</summary>
    Right,

    /// <summary>Slides in from below.</summary>
    Up,

    /// <summary>Slides in from above.</summary>
    Down,

    /// <summary>Fades in without moving.</summary>
    Fade,
}

/// <summary>How one layer of a video moves.</summary>
/// <param name="Enter">How it enters.</param>
/// <param name="At">When it enters, in seconds.</param>
/// <param name="Until">When it leaves, in seconds.</param>
sealed record Motion(Enter Enter = Enter.None, float At = 0, float Until = float.MaxValue)
{
    const float EnterSeconds = 0.6f;
    const float LeaveSeconds = 0.35f;

    /// <summary>Slide to the right, in pixels per second.</summary>
    public float Slide { get; init; }

    /// <summary>The slide starts over after this many pixels; 0: never.</summary>
    public float Wrap { get; init; }

    /// <summary>Rise in pixels per second, and its duration in seconds.</summary>
    public (float Speed, float Stop) Rise { get; init; }

    /// <summary>Rotation in degrees per second.</summary>
    public float Spin { get; init; }

    /// <summary>Amplitude of the vertical swing, in pixels.</summary>
    public float Bob { get; init; }

    /// <summary>Amplitude of the rotation swing, in degrees.</summary>
    public float Sway { get; init; }

    /// <summary>Amplitude of the size swing, as a share of the size.</summary>
    public float Pulse { get; init; }

    /// <summary>Period of the swings, in seconds.</summary>
    public float Period { get; init; } = 3;

    /// <summary>Phase of the swings at the start of the video, 0 to 1.</summary>
    public float Phase { get; init; }

    /// <summary>Opacity once entered.</summary>
    public float Opacity { get; init; } = 1;

    /// <summary>Position of the layer at a time.</summary>
    /// <param name="time">Seconds since the start of the video.</param>
    public Pose PoseAt(float time)
    {
        var entered = Enter == Enter.None ? 1 : Math.Clamp((time - At) / EnterSeconds, 0, 1);
        var left = Math.Clamp((time - Until) / LeaveSeconds, 0, 1);
        var away = MathF.Pow(1 - entered, 3);
        var swing = MathF.Sin(MathF.Tau * (time / Period + Phase));
        var slide = Wrap == 0 ? Slide * time : Slide * time % Wrap;
        return new Pose(
            slide + Enter switch { Enter.Left => -90 * away, Enter.Right => 160 * away, _ => 0 },
            Bob * swing - Rise.Speed * Math.Min(time, Rise.Stop)
                + Enter switch { Enter.Up => 60 * away, Enter.Down => -90 * away, _ => 0 } - 24 * left * left,
            (1 + Pulse * swing) * (Enter == Enter.Pop ? Ease.Back(entered) : 1),
            Spin * time + Sway * swing,
            Opacity * Math.Min(1, entered * 1.6f) * (1 - left));
    }
}
