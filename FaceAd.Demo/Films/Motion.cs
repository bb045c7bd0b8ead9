namespace FaceAd.Demo.Films;

/// <summary>How a layer comes in.</summary>
enum Enter
{
    /// <summary>It is there from the start.</summary>
    None,

    /// <summary>Grows from nothing, a little too far, and back.</summary>
    Pop,

    /// <summary>Comes from the left.</summary>
    Left,

    /// <summary>Comes from the right.</summary>
    Right,

    /// <summary>Comes from below.</summary>
    Up,

    /// <summary>Comes from above.</summary>
    Down,

    /// <summary>Becomes visible where it is.</summary>
    Fade,
}

/// <summary>Where one layer of a film is at a moment.</summary>
/// <param name="X">Pixels to the right of its drawn place.</param>
/// <param name="Y">Pixels below its drawn place.</param>
/// <param name="Scale">1 = as drawn.</param>
/// <param name="Degrees">Turn, clockwise.</param>
/// <param name="Opacity">0 to 1.</param>
readonly record struct Pose(float X, float Y, float Scale, float Degrees, float Opacity);

/// <summary>How one layer of a film moves.</summary>
/// <param name="Enter">How it comes in.</param>
/// <param name="At">When it comes in, seconds.</param>
/// <param name="Until">When it goes, seconds.</param>
sealed record Motion(Enter Enter = Enter.None, float At = 0, float Until = float.MaxValue)
{
    const float EnterSeconds = 0.6f;
    const float LeaveSeconds = 0.35f;

    /// <summary>Pixels a second to the right.</summary>
    public float Slide { get; init; }

    /// <summary>The slide begins anew after so many pixels; 0: never.</summary>
    public float Wrap { get; init; }

    /// <summary>Pixels a second upwards, and for how many seconds.</summary>
    public (float Speed, float Stop) Rise { get; init; }

    /// <summary>Degrees a second.</summary>
    public float Spin { get; init; }

    /// <summary>Swing up and down, pixels.</summary>
    public float Bob { get; init; }

    /// <summary>Swing of the turn, degrees.</summary>
    public float Sway { get; init; }

    /// <summary>Swing of the size, as a share of it.</summary>
    public float Pulse { get; init; }

    /// <summary>Length of a swing, seconds.</summary>
    public float Period { get; init; } = 3;

    /// <summary>Where in its swing the film begins, 0 to 1.</summary>
    public float Phase { get; init; }

    /// <summary>Opacity when it is there.</summary>
    public float Opacity { get; init; } = 1;

    /// <summary>Where the layer is.</summary>
    /// <param name="time">Seconds since the film began.</param>
    public Pose PoseAt(float time)
    {
        var entered = Enter == Enter.None ? 1 : Math.Clamp((time - At) / EnterSeconds, 0, 1);
        var left = Math.Clamp((time - Until) / LeaveSeconds, 0, 1);
        var away = MathF.Pow(1 - entered, 3);
        var swing = MathF.Sin(MathF.Tau * (time / Period + Phase));
        var slide = Wrap == 0 ? Slide * time : Slide * time % Wrap;
        return new Pose(
            slide + Enter switch { Enter.Left => -90 * away, Enter.Right => 160 * away, _ => 0 },
            Bob * swing - Rise.Speed * Math.Min(time, Rise.Stop) + Enter switch { Enter.Up => 60 * away, Enter.Down => -90 * away, _ => 0 } - 24 * left * left,
            (1 + Pulse * swing) * (Enter == Enter.Pop ? Ease.Back(entered) : 1),
            Spin * time + Sway * swing,
            Opacity * Math.Min(1, entered * 1.6f) * (1 - left));
    }
}

/// <summary>Ways from 0 to 1; the argument may be outside.</summary>
static class Ease
{
    /// <summary>Fast, then slower.</summary>
    public static float Out(float t) => 1 - MathF.Pow(1 - Math.Clamp(t, 0, 1), 3);

    /// <summary>Slow, fast, slow.</summary>
    public static float Smooth(float t)
    {
        t = Math.Clamp(t, 0, 1);
        return t * t * (3 - 2 * t);
    }

    /// <summary>A little too far, and back.</summary>
    public static float Back(float t)
    {
        t = Math.Clamp(t, 0, 1) - 1;
        return 1 + 2.4f * t * t * t + 1.4f * t * t;
    }

    /// <summary>1 at the middle of an interval, 0 outside, without corners.</summary>
    public static float Bump(float t) => t is <= 0 or >= 1 ? 0 : MathF.Pow(MathF.Sin(MathF.PI * t), 2);

    /// <summary>The part of a number behind its point: where in a cycle that repeats.</summary>
    public static float Cycle(float t) => t - MathF.Floor(t);
}
