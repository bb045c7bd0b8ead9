using FaceAd.Inference.Models;

namespace FaceAd.Tests.Inference;

/// <summary>Input tensors as a model wants them, written value by value in double precision.</summary>
static class NaiveTensor
{
    public static void Put(double[] tensor, ModelInput format, int x, int y, double r, double g, double b)
    {
        double[] channels = format.Channels switch { "GREY" => [0.299 * r + 0.587 * g + 0.114 * b], "BGR" => [b, g, r], _ => [r, g, b] };
        for (var c = 0; c < channels.Length; c++)
        {
            var at = format.Layout == "NHWC" ? (y * format.Width + x) * channels.Length + c : (c * format.Height + y) * format.Width + x;
            tensor[at] = (channels[c] - format.Mean[c]) * format.Scale;
        }
    }

    public static void AssertClose(double[] expected, float[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var worst = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
        Assert.True(worst <= tolerance, $"differs by {worst}");
    }

    public static ModelInput Format(int width, int height, string layout, string channels, float[] mean, float scale) =>
        new() { Name = "input", Width = width, Height = height, Layout = layout, Channels = channels, Mean = mean, Scale = scale };
}
