using FaceAd.Inference;
using FaceAd.Inference.Imaging;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Inference;

public sealed class FaceQualityTests
{
    const int Side = 64;

    [Fact]
    public void Sharpness_RandomCrop_EqualsTheNaiveTwin()
    {
        foreach (var side in new[] { 9, 20, Side })
        {
            var grey = Pattern(1, side: side);
            Assert.Equal(Naive(grey, side), FaceGeometry.Sharpness(grey, side), 4);
        }
    }

    [Fact]
    public void Sharpness_BlurredPattern_StaysLowWhateverTheNoise()
    {
        var sharp = FaceGeometry.Sharpness(Pattern(6), Side);
        var blurred = Pattern(20);
        // Noise as strong as a third of the picture's contrast; a Laplacian would call this the sharpest of all.
        var noisy = WithNoise(blurred, 0.33f);

        Assert.True(FaceGeometry.Sharpness(blurred, Side) < sharp / 5);
        Assert.True(FaceGeometry.Sharpness(noisy, Side) < sharp / 3);
        Assert.InRange(FaceGeometry.Sharpness(WithNoise(Pattern(6), 0.33f), Side), sharp * 0.7, sharp * 1.3);
    }

    [Fact]
    public void Sharpness_OtherLightAndContrast_IsTheSame()
    {
        var pattern = Pattern(6);
        var dim = pattern.Select(value => 0.2f + value / 4).ToArray();

        Assert.Equal(FaceGeometry.Sharpness(pattern, Side), FaceGeometry.Sharpness(dim, Side), 4);
        Assert.Equal(0, FaceGeometry.Sharpness(new float[Side * Side], Side));
    }

    [Fact]
    public async Task Sharpness_SmallerPortraits_IsLowerStepByStep()
    {
        var chain = Support.Models.Chain;
        List<float> sharpness = [];
        foreach (var side in new[] { 100, 60, 40 })
        {
            using var frame = chain.Rent();
            chain.Find(await Pictures.CabinAsync((60, 100, side)), frame);
            Assert.Equal(1, frame.Faces.Length);
            sharpness.Add(frame.Faces[0].Sharpness);
        }

        Assert.Equal(sharpness.OrderDescending(), sharpness);
        Assert.True(sharpness[^1] < 0.7 * sharpness[0]);
    }

    [Fact]
    public void Weight_SharperOrLessTurned_IsNeverLess()
    {
        double[] sharper = [.. new[] { 0, 0.01f, 0.03f, 0.055f, 1 }.Select(s => FaceQuality.Weight(A(sharpness: s)))];
        double[] turned = [.. new[] { 90, 70, 55, 40, 0 }.Select(yaw => FaceQuality.Weight(A(yaw: yaw)))];

        Assert.Equal(sharper.Order(), sharper);
        Assert.Equal((0.3, 1), (Math.Round(sharper[0], 6), sharper[^1]));
        Assert.Equal(turned.Order(), turned);
        Assert.Equal((0.1, 1, 1), (Math.Round(turned[0], 6), turned[3], turned[^1]));
    }

    [Theory]
    [InlineData(28, 0.014f, true)]
    [InlineData(27, 0.014f, false)]
    [InlineData(28, 0.013f, false)]
    public void CanBeClassified_AtTheThresholds_IncludesThem(float side, float sharpness, bool expected) =>
        Assert.Equal(expected, FaceQuality.CanBeClassified(A(sharpness, side: side), new AudienceObserverOptions()));

    static Face A(float sharpness = 0.06f, float yaw = 0, float side = 100) =>
        new(new FaceBox(0, 0, side * 0.8f, side), 0.95f, new FacePose(yaw, 0, 0), sharpness);

    /// <summary>Soft spots of about so many pixels, values 0..1.</summary>
    static float[] Pattern(int spot, int side = Side)
    {
        var random = new Random(7);
        var waves = Enumerable.Range(0, 8).Select(_ => (random.NextSingle() * 6.28f, random.NextSingle() * 6.28f)).ToArray();
        var pattern = new float[side * side];
        for (var i = 0; i < pattern.Length; i++)
        {
            foreach (var (angle, phase) in waves)
                pattern[i] += MathF.Sin((i % side * MathF.Cos(angle) + i / side * MathF.Sin(angle)) * MathF.PI / spot + phase) / 16;
            pattern[i] += 0.5f;
        }
        return pattern;
    }

    static float[] WithNoise(float[] pattern, float share)
    {
        var random = new Random(11);
        var mean = pattern.Average();
        var spread = MathF.Sqrt(pattern.Average(value => (value - mean) * (value - mean)));
        // Uniform noise of that standard deviation.
        return [.. pattern.Select(value => value + (random.NextSingle() - 0.5f) * MathF.Sqrt(12) * share * spread)];
    }

    static double Naive(float[] grey, int side)
    {
        double Mean(int x, int y, int r) =>
            Enumerable.Range(y - r, 2 * r + 1).Average(v => Enumerable.Range(x - r, 2 * r + 1).Average(u => (double)grey[v * side + u]));
        var inner = (from y in Enumerable.Range(3, side - 6) from x in Enumerable.Range(3, side - 6) select (x, y)).ToList();
        var mean = inner.Average(p => (double)grey[p.y * side + p.x]);
        return inner.Average(p => Math.Pow(Mean(p.x, p.y, 1) - Mean(p.x, p.y, 3), 2)) / inner.Average(p =>
            Math.Pow(grey[p.y * side + p.x] - mean, 2));
    }
}
