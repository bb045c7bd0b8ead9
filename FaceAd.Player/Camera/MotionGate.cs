namespace FaceAd.Player.Camera;

/// <summary>
/// Detects whether a frame differs from the empty cabin. The background model adapts within seconds where nothing has
/// changed (light, camera drift) and within half a minute where something has, so that a bag left behind becomes
/// background. A brightness change of the whole picture is not motion. Reads no clock: every call passes the time.
/// </summary>
sealed class MotionGate
{
    /// <summary>Difference in grey levels above which a pixel has changed.</summary>
    public const float CellThreshold = 14;

    /// <summary>Share of changed pixels above which there is motion.</summary>
    public const double AreaThreshold = 0.008;

    static readonly TimeSpan UnchangedTime = TimeSpan.FromSeconds(4);
    static readonly TimeSpan ChangedTime = TimeSpan.FromSeconds(30);

    float[] _background = [];
    int _width;
    DateTimeOffset _last;

    /// <summary>Compares a frame with the background. The first frame, or the first of another size, becomes the background.</summary>
    /// <param name="grey">Grey pixels, about an eighth of the camera's resolution, rows without padding.</param>
    /// <param name="width">Pixels per row.</param>
    /// <param name="at">Capture time.</param>
    /// <returns>Whether it differs from the background.</returns>
    public bool Moves(ReadOnlySpan<byte> grey, int width, DateTimeOffset at)
    {
        if (grey.Length != _background.Length || width != _width)
        {
            _background = new float[grey.Length];
            for (var i = 0; i < grey.Length; i++) _background[i] = grey[i];
            (_width, _last) = (width, at);
            return false;
        }
        var elapsed = Math.Clamp((at - _last).TotalSeconds, 0, 2);
        _last = at;

        // Global brightness change: the mean of the small differences is as good as the median and needs no sorting.
        float sum = 0;
        var small = 0;
        for (var i = 0; i < grey.Length; i++)
        {
            var difference = grey[i] - _background[i];
            if (Math.Abs(difference) < 40) (sum, small) = (sum + difference, small + 1);
        }
        var brightness = small > grey.Length / 2 ? sum / small : 0;

        var unchanged = (float)(1 - Math.Exp(-elapsed / UnchangedTime.TotalSeconds));
        var changed = (float)(1 - Math.Exp(-elapsed / ChangedTime.TotalSeconds));
        var cells = 0;
        for (var i = 0; i < grey.Length; i++)
        {
            var difference = grey[i] - _background[i];
            var moved = Math.Abs(difference - brightness) > CellThreshold;
            if (moved) cells++;
            _background[i] += difference * (moved ? changed : unchanged);
        }
        return cells > grey.Length * AreaThreshold;
    }
}
