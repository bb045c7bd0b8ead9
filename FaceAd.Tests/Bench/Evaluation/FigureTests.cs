using FaceAd.Bench.Evaluation;

namespace FaceAd.Tests.Bench.Evaluation;

public sealed class FigureTests
{
    /// <summary>Examples of R. G. Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I.</summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    [InlineData(20, 20, 0.8389, 1.0000)]
    public void Proportion_PublishedExamples_GivesWilsonsInterval(int hits, int count, double low, double high)
    {
        var figure = Figure.Proportion(hits, count);
        Assert.Equal((double)hits / count, figure.Value!.Value, 12);
        Assert.Equal(low, figure.Low!.Value, 4);
        Assert.Equal(high, figure.High!.Value, 4);
    }

    [Fact]
    public void Proportion_NoCases_HasNoValue()
    {
        Assert.Equal(Figure.None, Figure.Proportion(0, 0));
        Assert.Equal("-", Figure.None.ToText());
    }

    [Fact]
    public void Proportion_MoreHitsThanCases_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => Figure.Proportion(2, 1));

    [Fact]
    public void Figures_SameSeed_GivesTheSameIntervalAroundTheMean()
    {
        double[] values = [.. Enumerable.Range(0, 100).Select(i => (double)(i % 10))];
        Func<int[], double?> mean = weights => weights.Zip(values, (w, v) => w * v).Sum() / weights.Sum();

        var (first, second) = (new Bootstrap(500).Figures(100, [mean])[0], new Bootstrap(500).Figures(100, [mean])[0]);

        Assert.Equal(first, second);
        Assert.Equal(4.5, first.Value);
        // The standard error of this mean is 2.87 / 10; a percentile interval lies about 1.96 of them to each side.
        Assert.InRange(first.Low!.Value, 4.5 - 0.65, 4.5 - 0.48);
        Assert.InRange(first.High!.Value, 4.5 + 0.48, 4.5 + 0.65);
    }

    [Fact]
    public void Figures_NoResamplesOrNoCases_GiveNoInterval()
    {
        Assert.Equal(new Figure(1, null, null, 3), new Bootstrap(0).Figures(3, [_ => 1])[0]);
        Assert.Equal(Figure.None, new Bootstrap(5).Figures(0, [_ => 1])[0]);
    }

    [Fact]
    public void HeldOut_KnownNames_GoByTheirHashAlone()
    {
        // From sha256sum: the first eight hexadecimal digits, modulo 5.
        string[] names = ["0.jpg", "4.jpg", "5.jpg", "6.jpg", "7.jpg", "8.jpg", "얼굴.png"];
        Assert.Equal(["4.jpg", "6.jpg", "7.jpg", "얼굴.png"], names.Where(HeldOut.Contains));
        Assert.True(HeldOut.Contains("some/folder/4.jpg"));
        Assert.All(names, name => Assert.NotEqual(HeldOut.IsIn(Part.HeldOut, name), HeldOut.IsIn(Part.Training, name)));
        Assert.All(names, name => Assert.True(HeldOut.IsIn(Part.All, name)));
    }

    [Fact]
    public void HeldOut_ManyNames_IsAboutAFifth() =>
        Assert.InRange(Enumerable.Range(0, 10_000).Count(i => HeldOut.Contains($"picture-{i}.jpg")), 1850, 2150);
}
