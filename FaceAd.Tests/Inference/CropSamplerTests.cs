using FaceAd.Inference.Imaging;
using FaceAd.Inference.Models;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Inference;

/// <summary>Crops become input tensors as a plain twin makes them, which works pixel by pixel in double precision.</summary>
public sealed class CropSamplerTests
{
    static readonly ModelInput[] Formats =
    [
        NaiveTensor.Format(32, 24, "NCHW", "RGB", [127, 127, 127], 1 / 128f),
        NaiveTensor.Format(30, 30, "NHWC", "BGR", [103.939f, 116.779f, 123.68f], 1),
        NaiveTensor.Format(16, 16, "NCHW", "GREY", [0], 1 / 256f),
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

            NaiveTensor.AssertClose(Naive(source, crop, format), fast, 2e-3f * format.Scale * 255 / 2);
        }
    }

    [Fact]
    public void Sample_WholePictureAtItsSize_CopiesPixels()
    {
        var source = Pictures.Noise(16, 12, 3);
        var format = NaiveTensor.Format(16, 12, "NHWC", "RGB", [0, 0, 0], 1);
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
                NaiveTensor.Put(tensor, format, x, y, rgb[0] / sum, rgb[1] / sum, rgb[2] / sum);
            }
        }
        return tensor;
    }
}
