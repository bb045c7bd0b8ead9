namespace FaceAd.Player.Camera;

/// <summary>Measures of a small grey image (one byte per pixel, rows without padding).</summary>
static class ImageMeasures
{
    /// <summary>
    /// Variance of the Laplacian (4-neighbour), a standard focus measure: Pech-Pacheco et al., "Diatom
    /// autofocusing in brightfield microscopy", 2000. 0 for images under 3x3.
    /// </summary>
    public static double Sharpness(ReadOnlySpan<byte> grey, int width, int height)
    {
        if (width < 3 || height < 3) return 0;
        long sum = 0, squares = 0;
        for (var y = 1; y < height - 1; y++)
        {
            var above = grey.Slice((y - 1) * width, width);
            var row = grey.Slice(y * width, width);
            var below = grey.Slice((y + 1) * width, width);
            for (var x = 1; x < row.Length - 1; x++)
            {
                var value = above[x] + below[x] + row[x - 1] + row[x + 1] - 4 * row[x];
                sum += value;
                squares += value * value;
            }
        }
        double n = (long)(width - 2) * (height - 2);
        var mean = sum / n;
        return squares / n - mean * mean;
    }
}
