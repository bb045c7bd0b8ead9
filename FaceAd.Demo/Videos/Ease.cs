namespace FaceAd.Demo.Videos;

/// <summary>Easing functions from 0 to 1; the argument may lie outside 0..1.</summary>
static class Ease
{
    /// <summary>Ease out.</summary>
    public static float Out(float t) => 1 - MathF.Pow(1 - Math.Clamp(t, 0, 1), 3);

    /// <summary>Ease in and out.</summary>
    public static float Smooth(float t)
    {
        t = Math.Clamp(t, 0, 1);
        return t * t * (3 - 2 * t);
    }

    /// <summary>Ease out with overshoot.</summary>
    public static float Back(float t)
    {
        t = Math.Clamp(t, 0, 1) - 1;
        return 1 + 2.4f * t * t * t + 1.4f * t * t;
    }

    /// <summary>Smooth bump: 1 at 0.5, 0 outside 0..1.</summary>
    public static float Bump(float t) => t is <= 0 or >= 1 ? 0 : MathF.Pow(MathF.Sin(MathF.PI * t), 2);

    /// <summary>Fractional part: the position in a repeating cycle.</summary>
    public static float Cycle(float t) => t - MathF.Floor(t);
}
