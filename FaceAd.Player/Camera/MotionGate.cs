namespace FaceAd.Player.Camera;

/// <summary>
/// Tells whether a frame differs from the empty cabin. The background adapts slowly: in seconds where nothing
/// changed (light, camera drift), in half a minute where something stands, so that a bag left behind becomes
/// background. A change of brightness of the whole picture is not motion. Pure: images and times come in.
/// </summary>
internal sealed class MotionGate
{
    /// <summary>A cell has changed when it differs by more than this many grey levels.</summary>
    public const float CellThreshold = 14;

    /// <summary>There is motion when more than this share of the cells has changed.</summary>
    public const double AreaThreshold = 0.008;

    static readonly TimeSpan UnchangedTime = TimeSpan.FromSeconds(4);
    static readonly TimeSpan ChangedTime = TimeSpan.FromSeconds(30);

    float[] _background = [];
    int _width;
    DateTimeOffset _last;

    /// <summary>Looks at the next frame. The first frame, and the first of another size, becomes the background.</summary>
    /// <param name="grey">Grey pixels, about an eighth of the camera's resolution, rows without padding.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="at">Its time.</param>
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

        // The median of the differences would be exact; the mean of the small ones is as good and needs no sorting.
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
