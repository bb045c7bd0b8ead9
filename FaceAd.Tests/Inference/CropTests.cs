using FaceAd.Inference.Detection;
using FaceAd.Inference.Imaging;
using FaceAd.Inference.Models;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Inference;

/// <summary>The fast paths from pixels to tensors equal plain ones that work pixel by pixel in double precision.</summary>
public sealed class CropTests
{
    static readonly ModelInput[] Formats =
    [
        Format(32, 24, "NCHW", "RGB", [127, 127, 127], 1 / 128f),
        Format(30, 30, "NHWC", "BGR", [103.939f, 116.779f, 123.68f], 1),
        Format(16, 16, "NCHW", "GREY", [0], 1 / 256f),
    ];

    [Fact]
    public void Sample_RandomCrops_EqualsTheNaiveTwin()
    {
        var random = new Random(1);
        var sampler = new CropSampler();
        for (var i = 0; i < 60; i++)
        {
            var source = Pictures.Noise(random.Next(1, 150), random.Next(1, 90), i);
            // Enlarging, shrinking, and reaching beyond every edge of the picture.
            var crop = new FaceBox(random.Next(-40, 140), random.Next(-40, 80) + 0.25f, random.Next(1, 200), random.Next(1, 200) + 0.5f);
            var format = Formats[i % Formats.Length];
            var fast = new float[format.Length];
            sampler.Sample(source, crop, format, fast);

            AssertClose(Naive(source, crop, format), fast, 2e-3f * format.Scale * 255 / 2);
        }
    }

    [Fact]
    public void Sample_WholePictureAtItsSize_CopiesPixels()
    {
        var source = Pictures.Noise(16, 12, 3);
        var format = Format(16, 12, "NHWC", "RGB", [0, 0, 0], 1);
        var tensor = new float[format.Length];
        new CropSampler().Sample(source, new FaceBox(0, 0, 16, 12), format, tensor);

        for (var i = 0; i < tensor.Length; i++) Assert.Equal(source.Pixels[i], tensor[i], 3);
    }

    [Fact]
    public void Sample_AgeModelsInput_IsBlueGreenRedMinusTheirMeans()
    {
        var source = new PixelBuffer();
        source.Resize(8, 8, 3);
        for (var i = 0; i < 64; i++) (source.Pixels[3 * i], source.Pixels[3 * i + 1], source.Pixels[3 * i + 2]) = (200, 100, 50);
        var input = ModelManifest.Load(Support.Models.Folder)[ModelRole.AgeGender].Input;
        var tensor = new float[input!.Length];
        new CropSampler().Sample(source, new FaceBox(0, 0, 8, 8), input, tensor);

        Assert.Equal(224 * 224 * 3, tensor.Length);
        Assert.Equal(50 - 103.939f, tensor[0], 2);
        Assert.Equal(100 - 116.779f, tensor[1], 2);
        Assert.Equal(200 - 123.68f, tensor[2], 2);
    }

    [Fact]
    public void AgeCrop_Box_IsASquareOf123PercentLoweredByFourAndAHalf()
    {
        var crop = AgeGenderModel.Crop(new FaceBox(100, 50, 80, 100));

        Assert.Equal(123, crop.Width, 3);
        Assert.Equal(123, crop.Height, 3);
        Assert.Equal(140, crop.CentreX, 3);
        Assert.Equal(104.5f, crop.CentreY, 3);
    }

    [Fact]
    public void Align_RandomPoints_EqualsTheNaiveTwin()
    {
        var random = new Random(2);
        for (var i = 0; i < 12; i++)
        {
            var source = Pictures.Noise(120, 100, i);
            var landmarks = new float[FaceLandmarks.Length];
            for (var k = 0; k < landmarks.Length; k++) landmarks[k] = random.NextSingle() * 90 + 5;
            var format = Format(112, 112, "NCHW", "BGR", [127, 127, 127], 1 / 128f);
            var fast = new float[format.Length];
            FaceAligner.Align(source, landmarks, format, fast);

            AssertClose(NaiveAlign(source, landmarks, format), fast, 0.02f);
        }
    }

    [Fact]
    public void ToSource_TurnedScaledMovedTemplate_FindsTheTurn()
    {
        (float X, float Y)[] template = [(38.2946f, 51.6963f), (73.5318f, 51.5014f), (56.0252f, 71.7366f), (41.5493f, 92.3655f), (70.7299f, 92.2041f)];
        var (a, b) = (1.6f, -0.7f);
        var points = template.Select(p => (a * p.X - b * p.Y + 31, b * p.X + a * p.Y - 12)).ToArray();

        var found = FaceAligner.ToSource(points, 1);

        Assert.Equal(a, found.A, 4);
        Assert.Equal(b, found.B, 4);
        Assert.Equal(31, found.Tx, 2);
        Assert.Equal(-12, found.Ty, 2);
    }

    [Fact]
    public void Suppress_RandomBoxes_EqualsTheNaiveTwin()
    {
        var random = new Random(4);
        for (var round = 0; round < 100; round++)
        {
            var boxes = Enumerable.Range(0, 40).Select(i => new DetectedFace(
                new FaceBox(random.Next(50), random.Next(50), random.Next(5, 40), random.Next(5, 40)), i / 100f)).ToList();
            random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(boxes));
            var expected = new List<DetectedFace>();
            foreach (var box in boxes.OrderByDescending(b => b.Score))
            {
                if (expected.All(kept => kept.Box.IntersectionOverUnion(box.Box) <= 0.4f)) expected.Add(box);
            }
            var found = new DetectedFace[40];
            var count = FaceDetector.Suppress(boxes.ToArray(), found);

            Assert.Equal(expected, found.Take(count));
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(45, 0)]
    [InlineData(-25, 0)]
    [InlineData(0, 20)]
    [InlineData(0, -15)]
    public void Pose_ProjectedHead_FindsItsTurn(float yaw, float pitch)
    {
        var pose = FaceGeometry.Pose(Project(yaw, pitch));

        Assert.Equal(yaw, pose.Yaw, 1);
        Assert.Equal(pitch - FaceGeometry.NeutralPitch, pose.Pitch, 1);
        Assert.Equal(MathF.Abs(yaw) <= FacePose.FacingYaw, pose.Facing);
    }

    /// <summary>Orthographic projection of the average head, turned; only the points that the fit uses matter.</summary>
    static float[] Project(float yawDegrees, float pitchDegrees)
    {
        var (yaw, pitch) = (yawDegrees * MathF.PI / 180, pitchDegrees * MathF.PI / 180);
        var landmarks = new float[FaceLandmarks.Length];
        (int Point, float X, float Y, float Z)[] head =
        [
            (36, -1, -0.756f, -0.6f), (45, 1, -0.756f, -0.6f), (30, 0, 0, 0),
            (48, -0.667f, 0.667f, -0.556f), (54, 0.667f, 0.667f, -0.556f), (8, 0, 1.467f, -0.289f),
        ];
        foreach (var (point, x, y, z) in head)
        {
            landmarks[2 * point] = 200 + 50 * (MathF.Cos(yaw) * x + MathF.Sin(yaw) * z);
            landmarks[2 * point + 1] = 150 + 50 * (MathF.Cos(pitch) * y + MathF.Sin(pitch) * z);
        }
        return landmarks;
    }

    static double[] Naive(PixelBuffer source, FaceBox crop, ModelInput format)
    {
        var tensor = new double[format.Length];
        double Weight(int at, double centre, double support) => Math.Max(0, 1 - Math.Abs(at - centre) / support);
        for (var y = 0; y < format.Height; y++)
        {
            for (var x = 0; x < format.Width; x++)
            {
                var (sx, sy) = ((double)crop.Width / format.Width, (double)crop.Height / format.Height);
                var (cx, cy) = (crop.X + (x + 0.5) * sx - 0.5, crop.Y + (y + 0.5) * sy - 0.5);
                var (wide, high) = (Math.Max(1, sx), Math.Max(1, sy));
                var (sum, rgb) = (0.0, new double[3]);
                for (var v = (int)(cy - high) - 2; v <= cy + high + 2; v++)
                {
                    for (var u = (int)(cx - wide) - 2; u <= cx + wide + 2; u++)
                    {
                        var weight = Weight(u, cx, wide) * Weight(v, cy, high);
                        sum += weight;
                        for (var c = 0; c < 3; c++)
                            rgb[c] += weight * source.Row(Math.Clamp(v, 0, source.Height - 1))[3 * Math.Clamp(u, 0, source.Width - 1) + c];
                    }
                }
                Put(tensor, format, x, y, rgb[0] / sum, rgb[1] / sum, rgb[2] / sum);
            }
        }
        return tensor;
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
                        rgb[c] += ((1 - u + left) * (1 - v + top) * Pixel(left, top, c) + (u - left) * (1 - v + top) * Pixel(left + 1, top, c)
                            + (1 - u + left) * (v - top) * Pixel(left, top + 1, c) + (u - left) * (v - top) * Pixel(left + 1, top + 1, c)) / (n * n);
                    }
                }
                Put(tensor, format, x, y, rgb[0], rgb[1], rgb[2]);
            }
        }
        return tensor;
    }

    static void Put(double[] tensor, ModelInput format, int x, int y, double r, double g, double b)
    {
        double[] channels = format.Channels switch { "GREY" => [0.299 * r + 0.587 * g + 0.114 * b], "BGR" => [b, g, r], _ => [r, g, b] };
        for (var c = 0; c < channels.Length; c++)
        {
            var at = format.Layout == "NHWC" ? (y * format.Width + x) * channels.Length + c : (c * format.Height + y) * format.Width + x;
            tensor[at] = (channels[c] - format.Mean[c]) * format.Scale;
        }
    }

    static void AssertClose(double[] expected, float[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var worst = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
        Assert.True(worst <= tolerance, $"differs by {worst}");
    }

    static ModelInput Format(int width, int height, string layout, string channels, float[] mean, float scale) =>
        new() { Name = "input", Width = width, Height = height, Layout = layout, Channels = channels, Mean = mean, Scale = scale };
}
