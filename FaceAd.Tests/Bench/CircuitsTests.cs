using System.Globalization;
using System.Text.RegularExpressions;
using FaceAd.Bench.Circuits;
using FaceAd.Tests.Support;
using Prepared = FaceAd.Tests.Support.Models;

namespace FaceAd.Tests.Bench;

public sealed partial class CircuitsTests
{
    [Fact]
    public void Trend_PointsOnALine_IsThatLine()
    {
        var trend = Trend.Of([(0, 5), (1, 7), (2, 9), (4, 13)]);
        Assert.Equal((2, 5), (trend.Slope, trend.Intercept));
        Assert.Equal(0, trend.HalfWidth, 9);
    }

    // By hand: slope 1, residuals -1/3, 2/3, -1/3; their variance 2/3, spread 2; t of one degree of freedom 12.706.
    [Fact]
    public void Trend_PointsBesideALine_HasStudentsInterval() =>
        Assert.Equal(12.706 * Math.Sqrt(1.0 / 3), Trend.Of([(0, 0), (1, 2), (2, 2)]).HalfWidth, 9);

    /// <summary>A process of its own, as the command has: it reads its own heap and counts its own circuits.</summary>
    [Fact]
    public async Task Circuits_FewPages_PrintsSlopeAndCosts()
    {
        var (code, text, errors) = await Programs.RunAsync(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "FaceAd.Bench.dll"), "circuits", "--pages", "2", "--steps", "2", "--ticks", "1",
                "--models", Prepared.Folder, "--node-modules", Prepared.NodeModules,
            ]);
        Assert.True(code == 0, errors);
        Assert.Equal(["0", "1", "2"], Measured().Matches(text).Select(m => m.Groups[1].Value));
        Assert.Matches(@"retained per page: -?[\d,]+ KB \+- ", text);
        var computations = Computed().Matches(text).Select(m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(4, computations.Count);
        Assert.Equal(0, computations[0]); // nobody looks
        Assert.All(computations.Skip(1), count => Assert.True(count >= 1));
    }

    [GeneratedRegex(@"^ +(\d+) +[\d.]+ MB", RegexOptions.Multiline)]
    private static partial Regex Measured();

    [GeneratedRegex(@"([\d.]+) computations")]
    private static partial Regex Computed();
}
