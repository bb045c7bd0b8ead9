namespace FaceAd.Inference.Tracking;

/// <summary>How two pictures lie on each other.</summary>
/// <param name="X">Shift to the right in pixels.</param>
/// <param name="Y">Shift down in pixels.</param>
/// <param name="Agreement">Correlation after the shift, -1..1; 0 when too little is left to compare.</param>
/// <param name="Texture">What the shift was read from: squares of gradients. The error of the shift falls with its root.</param>
readonly record struct PictureMatch(float X, float Y, float Agreement, float Texture);

/// <summary>
/// Measures by how much one grey picture is shifted against another, to a small part of a pixel: least squares on the gradients
/// (Lucas and Kanade 1981), repeated, with outliers weighted down, so that what moves by itself in a part of the picture counts
/// little. Brightness and contrast may differ. Allocates nothing.
/// </summary>
static class PictureShift
{
    const int Rounds = 8;

    /// <summary>A round that moves the shift by less than this, in pixels, is the last.</summary>
    const double Settled = 0.005;

    /// <summary>Least mean square of the gradients, in grey levels per pixel, that shows a shift. A bare wall has less.</summary>
    const double LeastTexture = 1;

    /// <summary>Finds the shift with which <paramref name="later"/> looks most like <paramref name="earlier"/>.</summary>
    /// <param name="earlier">A picture, grey 0..255, row by row.</param>
    /// <param name="later">Another one of the same size.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="within">The part of the earlier picture that is looked at; null for all.</param>
    /// <param name="start">Where to start, in pixels. The shift is found when it is up to about two pixels away.</param>
    /// <returns>Null where nothing has enough texture to show a shift.</returns>
    public static PictureMatch? Find(
        ReadOnlySpan<float> earlier, ReadOnlySpan<float> later, int width, Part? within = null, (float X, float Y) start = default)
    {
        var part = within ?? new Part(0, 0, width, earlier.Length / width);
        var (shiftX, shiftY) = ((double)start.X, (double)start.Y);
        var spread = double.PositiveInfinity; // in the first round every pixel counts alike
        var (light, texture) = (default(Light), 0.0);
        for (var round = 0; ; round++)
        {
            light = Light.Between(earlier, later, width, part, shiftX, shiftY);
            if (light.Pixels < part.Width * part.Height / 4) return new PictureMatch(start.X, start.Y, 0, 0);
            if (round == Rounds) break;
            double xx = 0, xy = 0, yy = 0, xe = 0, ye = 0, errors = 0, used = 0;
            var view = new ShiftedView(later, width, part, shiftX, shiftY);
            for (var y = view.Top; y < view.Bottom; y++)
            {
                for (var x = view.Left; x < view.Right; x++)
                {
                    var at = y * width + x;
                    var error = earlier[at] - light.EarlierMean - light.Contrast * (view[x, y] - light.LaterMean);
                    var (slopeX, slopeY) = ((earlier[at + 1] - earlier[at - 1]) / 2, (earlier[at + width] - earlier[at - width]) / 2);
                    var weight = 1 / (1 + error * error / (spread * spread));
                    xx += weight * slopeX * slopeX;
                    xy += weight * slopeX * slopeY;
                    yy += weight * slopeY * slopeY;
                    xe += weight * slopeX * error;
                    ye += weight * slopeY * error;
                    errors += Math.Abs(error);
                    used += weight;
                }
            }
            var determinant = xx * yy - xy * xy;
            if (Math.Min(xx, yy) < LeastTexture * used || determinant < 0.01 * xx * yy) return null;
            texture = determinant / Math.Max(xx, yy);
            spread = Math.Max(0.5, 2 * errors / light.Pixels);
            var (stepX, stepY) = ((yy * xe - xy * ye) / determinant, (xx * ye - xy * xe) / determinant);
            (shiftX, shiftY) = (shiftX + stepX, shiftY + stepY);
            if (Math.Abs(stepX) + Math.Abs(stepY) < Settled) round = Rounds - 1;
        }
        return new PictureMatch((float)shiftX, (float)shiftY, (float)light.Agreement, (float)texture);
    }

    /// <summary>A rectangle of a picture, in pixels.</summary>
    public readonly record struct Part(int X, int Y, int Width, int Height);

    /// <summary>How bright the common part of two pictures is, and how alike.</summary>
    readonly record struct Light(int Pixels, double EarlierMean, double LaterMean, double Contrast, double Agreement)
    {
        public static Light Between(
            ReadOnlySpan<float> earlier, ReadOnlySpan<float> later, int width, Part part, double shiftX, double shiftY)
        {
            double a = 0, b = 0, aa = 0, bb = 0, ab = 0;
            var pixels = 0;
            var view = new ShiftedView(later, width, part, shiftX, shiftY);
            for (var y = view.Top; y < view.Bottom; y++)
            {
                for (var x = view.Left; x < view.Right; x++)
                {
                    var (before, now) = (earlier[y * width + x], view[x, y]);
                    a += before;
                    b += now;
                    aa += before * before;
                    bb += now * now;
                    ab += before * now;
                    pixels++;
                }
            }
            if (pixels == 0) return default;
            var (meanA, meanB) = (a / pixels, b / pixels);
            var (varianceA, varianceB) = (Math.Max(0, aa / pixels - meanA * meanA), Math.Max(0, bb / pixels - meanB * meanB));
            var product = Math.Sqrt(varianceA * varianceB);
            return new Light(
                pixels, meanA, meanB, varianceB < 0.01 ? 1 : Math.Sqrt(varianceA / varianceB),
                product < 0.01 ? 1 : (ab / pixels - meanA * meanB) / product);
        }
    }

    /// <summary>A picture seen through a shift, between its pixels, where it has the neighbours that this takes.</summary>
    readonly ref struct ShiftedView
    {
        readonly ReadOnlySpan<float> _pixels;
        readonly int _width, _offset;
        readonly float _x, _y;

        public ShiftedView(ReadOnlySpan<float> pixels, int width, Part part, double shiftX, double shiftY)
        {
            var height = pixels.Length / width;
            var (wholeX, wholeY) = (
                (int)Math.Clamp(Math.Floor(shiftX), -width, width), (int)Math.Clamp(Math.Floor(shiftY), -height, height));
            _pixels = pixels;
            (_width, _offset) = (width, wholeY * width + wholeX);
            (_x, _y) = ((float)(shiftX - Math.Floor(shiftX)), (float)(shiftY - Math.Floor(shiftY)));
            (Left, Right) = (Inside(part.X, wholeX), Math.Min(Math.Min(width - 1, width - 1 - wholeX), part.X + part.Width));
            (Top, Bottom) = (Inside(part.Y, wholeY), Math.Min(Math.Min(height - 1, height - 1 - wholeY), part.Y + part.Height));
            static int Inside(int from, int shift) => Math.Max(Math.Max(1, -shift), from);
        }

        public int Left { get; }

        public int Right { get; }

        public int Top { get; }

        public int Bottom { get; }

        public float this[int x, int y]
        {
            get
            {
                var at = y * _width + x + _offset;
                var upper = _pixels[at] + _x * (_pixels[at + 1] - _pixels[at]);
                var lower = _pixels[at + _width] + _x * (_pixels[at + _width + 1] - _pixels[at + _width]);
                return upper + _y * (lower - upper);
            }
        }
    }
}
