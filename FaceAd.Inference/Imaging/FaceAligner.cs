using FaceAd.Inference.Models;

namespace FaceAd.Inference.Imaging;

/// <summary>
/// Rotates, scales and translates a face so that its eyes, nose and corners of the mouth lie where the embedding model was trained
/// to expect them (the five points of ArcFace, Deng et al. 2019, for 112 x 112). Pixels beyond the picture are black.
/// </summary>
static class FaceAligner
{
    const int MostSubsamples = 4;

    static readonly (float X, float Y)[] Template =
        [(38.2946f, 51.6963f), (73.5318f, 51.5014f), (56.0252f, 71.7366f), (41.5493f, 92.3655f), (70.7299f, 92.2041f)];

    /// <summary>Left eye, right eye, nose, left and right corner of the mouth, from the 68 points (x, y alternating).</summary>
    public static void FivePoints(ReadOnlySpan<float> landmarks, Span<(float X, float Y)> five)
    {
        five[0] = Mean(landmarks, [37, 38, 40, 41]);
        five[1] = Mean(landmarks, [43, 44, 46, 47]);
        five[2] = Mean(landmarks, [30]);
        five[3] = Mean(landmarks, [48, 60]);
        five[4] = Mean(landmarks, [54, 64]);
    }

    /// <summary>Samples the aligned face.</summary>
    /// <param name="source">RGB pixels.</param>
    /// <param name="landmarks">68 points in pixels of the source.</param>
    /// <param name="format">Input of the embedding model; the template is scaled to its width.</param>
    /// <param name="tensor">Receives the values.</param>
    public static void Align(PixelBuffer source, ReadOnlySpan<float> landmarks, ModelInput format, Span<float> tensor)
    {
        Span<(float X, float Y)> five = stackalloc (float, float)[5];
        FivePoints(landmarks, five);
        var (a, b, tx, ty) = ToSource(five, format.Width / 112f);
        // Large faces take the mean of several samples per target pixel, so detail does not alias.
        var subsamples = Math.Clamp((int)MathF.Round(MathF.Sqrt(a * a + b * b)), 1, MostSubsamples);
        var writer = new TensorWriter(format, tensor);
        var pixels = (ReadOnlySpan<byte>)source.Pixels;
        for (var y = 0; y < format.Height; y++)
        {
            for (var x = 0; x < format.Width; x++)
            {
                var (r, g, blue) = (0f, 0f, 0f);
                for (var s = 0; s < subsamples * subsamples; s++)
                {
                    var dx = x + (s % subsamples + 0.5f) / subsamples - 0.5f;
                    var dy = y + (s / subsamples + 0.5f) / subsamples - 0.5f;
                    Bilinear(pixels, source.Width, source.Height, a * dx - b * dy + tx, b * dx + a * dy + ty, ref r, ref g, ref blue);
                }
                var share = 1f / (subsamples * subsamples);
                writer.Write(x, y, r * share, g * share, blue * share);
            }
        }
    }

    /// <summary>
    /// The similarity transform that maps the template to the points with the least squared error:
    /// x' = a x - b y + tx, y' = b x + a y + ty (Umeyama 1991, in two dimensions without reflection).
    /// </summary>
    public static (float A, float B, float Tx, float Ty) ToSource(ReadOnlySpan<(float X, float Y)> points, float templateScale)
    {
        var (meanX, meanY, templateX, templateY) = (0f, 0f, 0f, 0f);
        for (var i = 0; i < 5; i++)
        {
            meanX += points[i].X / 5;
            meanY += points[i].Y / 5;
            templateX += Template[i].X * templateScale / 5;
            templateY += Template[i].Y * templateScale / 5;
        }
        var (dot, cross, norm) = (0f, 0f, 0f);
        for (var i = 0; i < 5; i++)
        {
            var (u, v) = (Template[i].X * templateScale - templateX, Template[i].Y * templateScale - templateY);
            var (x, y) = (points[i].X - meanX, points[i].Y - meanY);
            dot += u * x + v * y;
            cross += u * y - v * x;
            norm += u * u + v * v;
        }
        var (a, b) = (dot / norm, cross / norm);
        return (a, b, meanX - (a * templateX - b * templateY), meanY - (b * templateX + a * templateY));
    }

    static void Bilinear(ReadOnlySpan<byte> pixels, int width, int height, float x, float y, ref float r, ref float g, ref float b)
    {
        var (left, top) = ((int)MathF.Floor(x), (int)MathF.Floor(y));
        if (left < -1 || top < -1 || left >= width || top >= height) return;
        var (fx, fy) = (x - left, y - top);
        if (left >= 0 && top >= 0 && left < width - 1 && top < height - 1)
        {
            var at = (top * width + left) * 3;
            var below = at + width * 3;
            var (w00, w01, w10, w11) = ((1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy);
            r += w00 * pixels[at] + w01 * pixels[at + 3] + w10 * pixels[below] + w11 * pixels[below + 3];
            g += w00 * pixels[at + 1] + w01 * pixels[at + 4] + w10 * pixels[below + 1] + w11 * pixels[below + 4];
            b += w00 * pixels[at + 2] + w01 * pixels[at + 5] + w10 * pixels[below + 2] + w11 * pixels[below + 5];
            return;
        }
        for (var corner = 0; corner < 4; corner++)
        {
            var (cx, cy) = (left + corner % 2, top + corner / 2);
            if (cx < 0 || cy < 0 || cx >= width || cy >= height) continue;
            var weight = (corner % 2 == 1 ? fx : 1 - fx) * (corner / 2 == 1 ? fy : 1 - fy);
            var at = (cy * width + cx) * 3;
            r += weight * pixels[at];
            g += weight * pixels[at + 1];
            b += weight * pixels[at + 2];
        }
    }

    static (float X, float Y) Mean(ReadOnlySpan<float> landmarks, ReadOnlySpan<int> points)
    {
        var (x, y) = (0f, 0f);
        foreach (var point in points)
        {
            x += landmarks[2 * point];
            y += landmarks[2 * point + 1];
        }
        return (x / points.Length, y / points.Length);
    }
}
