using FaceAd.Web.Metrics;

namespace FaceAd.Tests.Metrics;

/// <summary>What advertisers see of small groups.</summary>
public sealed class SmallCountsTests
{
    [Theory]
    [InlineData(1, null)]
    [InlineData(4, null)]
    [InlineData(5, 5)]
    [InlineData(9, 5)]
    [InlineData(10, 10)]
    [InlineData(123, 120)]
    public void Persons_Advertiser_AreARangeOfFiveFromFive(int persons, int? shown)
    {
        var figure = SmallCounts.Persons(persons, impressions: 200, exact: false);

        Assert.Equal(shown, (int?)figure.Value);
        Assert.Equal(shown is null, figure.Few);
        Assert.Equal(shown + 4, (int?)figure.UpTo);
    }

    [Fact]
    public void Persons_WithoutImpressions_AreNoneAndNoSecret() =>
        Assert.Equal(new ShownFigure(0), SmallCounts.Persons(0, 0, exact: false));

    [Fact]
    public void Figures_Admin_AreExact()
    {
        Assert.Equal(2, SmallCounts.Persons(2, 7, exact: true).Value);
        Assert.Equal(2.0 / 3, SmallCounts.Reach(2, 3, 7, exact: true).Value);
        Assert.Equal(3.5, SmallCounts.Frequency(7, 2, 7, exact: true).Value);
    }

    [Fact]
    public void ReachAndFrequency_AdvertiserBelowFive_AreWithheld()
    {
        Assert.True(SmallCounts.Reach(4, 40, 12, exact: false).Few);
        Assert.True(SmallCounts.Frequency(12, 4, 12, exact: false).Few);
    }

    [Fact]
    public void ReachAndFrequency_AdvertiserFromFiveOn_AreTheTrueOnes()
    {
        Assert.Equal(9.0 / 15, SmallCounts.Reach(9, 15, 30, exact: false).Value);
        Assert.Equal(30.0 / 9, SmallCounts.Frequency(30, 9, 30, exact: false).Value);
    }

    // By trial: whoever sees the rounded total and the rounded parts tries all counts that fit, and learns something of a part
    // when its smallest or largest possible count is not that of its step.
    [Fact]
    public void GivesAway_TotalBesideParts_WhenTheTotalNarrowsAPart()
    {
        for (var a = 0; a < 15; a++)
        {
            for (var b = 0; b < 15; b++)
            {
                for (var c = -1; c < 15; c++)
                {
                    int[] parts = c < 0 ? [a, b] : [a, b, c];
                    Assert.Equal(Narrows(parts), SmallCounts.GivesAway(parts.Sum(), parts));
                }
            }
        }
    }

    private static bool Narrows(int[] parts)
    {
        var fitting = Counts([.. parts.Select(p => p / 5 * 5)]).Where(counts => counts.Sum() / 5 == parts.Sum() / 5).ToList();
        return Enumerable.Range(0, parts.Length).Any(i => fitting.Select(counts => counts[i]).Distinct().Count() < 5);
    }

    private static IEnumerable<int[]> Counts(int[] floors) => floors.Length == 0
        ? [[]]
        : Counts(floors[1..]).SelectMany(rest => Enumerable.Range(floors[0], 5).Select(first => (int[])[first, .. rest]));
}
