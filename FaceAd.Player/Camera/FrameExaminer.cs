using FaceAd.Inference.Imaging;
using FaceAd.Player.Sensors;

namespace FaceAd.Player.Camera;

/// <summary>Decodes and measures a frame, then passes it to the pure motion gate and selector. Not thread-safe.</summary>
sealed class FrameExaminer : IDisposable
{
    /// <summary>Longer side, in pixels, at which sharpness is measured. Motion is detected at half of that.</summary>
    const int LongerSide = 160;

    readonly JpegDecoder _decoder = new();
    readonly PixelBuffer _grey = new();
    readonly MotionGate _motion = new();
    readonly FrameSelector _selector = new();
    byte[] _cells = [];

    /// <summary>Decides what to do with the next frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="audienceOpen">Whether an audience is open.</param>
    /// <param name="cabin">State of the cabin from its sensors.</param>
    /// <exception cref="InvalidFrameException">The frame cannot be decoded.</exception>
    public Selection Examine(JpegFrame frame, bool audienceOpen, CabinState cabin = default)
    {
        if (_selector.Rests(frame.CapturedAt, cabin.Rests, audienceOpen)) return Selection.Skip;
        _decoder.DecodeGrey(frame.Memory.Span, _grey, LongerSide);
        var (width, height) = (_grey.Width, _grey.Height);
        var (columns, rows) = (width / 2, height / 2);
        if (_cells.Length != columns * rows) _cells = new byte[columns * rows];
        var pixels = _grey.Pixels;
        for (var y = 0; y < rows; y++)
        {
            var upper = pixels.Slice(2 * y * width, width);
            var lower = pixels.Slice((2 * y + 1) * width, width);
            for (var x = 0; x < columns; x++)
                _cells[y * columns + x] = (byte)((upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1] + 2) / 4);
        }
        var moves = _motion.Moves(_cells, columns, frame.CapturedAt);
        return _selector.Offer(frame.CapturedAt, moves || cabin.Wakes, ImageMeasures.Sharpness(pixels, width, height), audienceOpen);
    }

    public void Dispose() => _decoder.Dispose();
}
