using FaceAd.Inference.Imaging;

namespace FaceAd.Inference.Detection;

/// <summary>
/// Detects motion between consecutive pictures on a grid of cells. Averaging a sample of pixels per cell suppresses noise;
/// subtracting the median change of all cells removes changes of lighting and exposure. Not thread-safe. Allocates nothing per picture.
/// </summary>
sealed class MotionGrid
{
    /// <summary>Cells across.</summary>
    public const int Columns = 16;

    /// <summary>Cells down.</summary>
    public const int Rows = 12;

    /// <summary>Pixels sampled per cell, across and down.</summary>
    const int Samples = 12;

    /// <summary>Change of mean brightness (0..255) above which a cell has moved: more than four times a noisy camera's.</summary>
    const float Threshold = 5;

    readonly float[] _previous = new float[Columns * Rows];
    readonly float[] _change = new float[Columns * Rows];
    int _width;
    int _height;

    /// <summary>Takes the next picture. The first one, or the first of another size, shows no motion.</summary>
    /// <param name="rgb">RGB pixels.</param>
    public void Update(PixelBuffer rgb)
    {
        var first = (_width, _height) != (rgb.Width, rgb.Height);
        (_width, _height) = (rgb.Width, rgb.Height);
        for (var cell = 0; cell < _change.Length; cell++)
        {
            var brightness = Brightness(rgb, cell % Columns, cell / Columns);
            _change[cell] = first ? 0 : brightness - _previous[cell];
            _previous[cell] = brightness;
        }
        Span<float> sorted = stackalloc float[Columns * Rows];
        _change.CopyTo(sorted);
        sorted.Sort();
        var common = sorted[sorted.Length / 2];
        for (var cell = 0; cell < _change.Length; cell++) _change[cell] -= common;
    }

    /// <summary>Whether anything has moved.</summary>
    public bool Any => Array.Exists(_change, change => MathF.Abs(change) > Threshold);

    /// <summary>Whether a cell has moved.</summary>
    public bool Moved(int column, int row) => MathF.Abs(_change[row * Columns + column]) > Threshold;

    /// <summary>The area of a cell, in pixels.</summary>
    public FaceBox Cell(int column, int row)
    {
        var (width, height) = ((float)_width / Columns, (float)_height / Rows);
        return new FaceBox(column * width, row * height, width, height);
    }

    /// <summary>Mean of a cell's green channel, which dominates perceived brightness.</summary>
    static float Brightness(PixelBuffer rgb, int column, int row)
    {
        var sum = 0;
        for (var y = 0; y < Samples; y++)
        {
            var line = rgb.Row((row * Samples + y) * rgb.Height / (Rows * Samples));
            for (var x = 0; x < Samples; x++) sum += line[
                (column * Samples + x) * rgb.Width / (Columns * Samples) * rgb.Channels + rgb.Channels / 2];
        }
        return (float)sum / (Samples * Samples);
    }
}
