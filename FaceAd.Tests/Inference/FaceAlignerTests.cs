using FaceAd.Inference.Imaging;
using FaceAd.Inference.Models;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Inference;

/// <summary>Faces are turned and scaled as a plain twin does it, which works pixel by pixel in double precision.</summary>
public sealed class FaceAlignerTests
{
    [Fact]
    public void Align_RandomPoints_EqualsTheNaiveTwin()
    {
        var random = new Random(2);
        for (var i = 0; i < 12; i++)
        {
            var source = Pictures.Noise(120, 100, i);
            var landmarks = new float[FaceLandmarks.Length];
            for (var k = 0; k < landmarks.Length; k++) landmarks[k] = random.NextSingle() * 90 + 5;
            var format = NaiveTensor.Format(112, 112, "NCHW", "BGR", [127, 127, 127], 1 / 128f);
            var fast = new float[format.Length];
            FaceAligner.Align(source, landmarks, format, fast);

            NaiveTensor.AssertClose(NaiveAlign(source, landmarks, format), fast, 0.02f);
        }
    }

    [Fact]
    public void ToSource_TurnedScaledMovedTemplate_FindsTheTurn()
    {
        (float X, float Y)[] template = [(38.2946f, 51.6963f), (73.5318f, 51.5014f), (56.0252f, 71.7366f), (41.5493f, 92.3655f),
            (70.7299f, 92.2041f)];
        var (a, b) = (1.6f, -0.7f);
        var points = template.Select(p => (a * p.X - b * p.Y + 31, b * p.X + a * p.Y - 12)).ToArray();

        var found = FaceAligner.ToSource(points, 1);

        Assert.Equal(a, found.A, 4);
        Assert.Equal(b, found.B, 4);
        Assert.Equal(31, found.Tx, 2);
        Assert.Equal(-12, found.Ty, 2);
    }

    static double[] NaiveAlign(PixelBuffer source, float[] landmarks, ModelInput format)
    {
        var five = new (float X, float Y)[5];
        FaceAligner.FivePoints(landmarks, five);
        var (a, b, tx, ty) = FaceAligner.ToSource(five, 1);
        var n = Math.Clamp((int)MathF.Round(MathF.Sqrt(a * a + b * b)), 1, 4);
        var tensor = new double[format.Length];
        double Pixel(int x, int y, int c) => x < 0 || y < 0 || x >= source.Width || y >= source.Height ? 0 : source.Row(y)[3 * x + c];
        for (var y = 0; y < format.Height; y++)
        {
            for (var x = 0; x < format.Width; x++)
            {
                var rgb = new double[3];
                for (var s = 0; s < n * n; s++)
                {
                    var (dx, dy) = (x + (s % n + 0.5) / n - 0.5, y + (s / n + 0.5) / n - 0.5);
                    var (u, v) = (a * dx - b * dy + tx, b * dx + a * dy + ty);
                    var (left, top) = ((int)Math.Floor(u), (int)Math.Floor(v));
                    for (var c = 0; c < 3; c++)
                    {
                        rgb[c] += ((1 - u + left) * (1 - v + top) * Pixel(left, top, c)
                            + (u - left) * (1 - v + top) * Pixel(left + 1, top, c)
                            + (1 - u + left) * (v - top) * Pixel(left, top + 1, c)
                                + (u - left) * (v - top) * Pixel(left + 1, top + 1, c)) / (n * n);
                    }
                }
                NaiveTensor.Put(tensor, format, x, y, rgb[0], rgb[1], rgb[2]);
            }
        }
        return tensor;
    }
}
