using FaceAd.Inference;

namespace FaceAd.Tests.Inference;

/// <summary>Where age bands begin and end.</summary>
public sealed class AgeBandsTests
{
    [Theory]
    [InlineData(18, 1, 0, 0, 0, 1)]
    [InlineData(19, 1, 0, 0, 0, 0)]
    [InlineData(20, 0, 1, 0, 0, 0)]
    [InlineData(39, 0, 1, 0, 0, 0)]
    [InlineData(40, 0, 0, 1, 0, 0)]
    [InlineData(59, 0, 0, 1, 0, 0)]
    [InlineData(60, 0, 0, 0, 1, 0)]
    [InlineData(100, 0, 0, 0, 1, 0)]
    public void Estimate_CertainAge_FallsIntoItsBand(int age, double kids, double young, double middle, double silver, double child)
    {
        var ages = new float[100];
        ages[age - 1] = 1;

        var estimate = AgeBands.Default.Estimate(ages, 0.25);

        Assert.Equal(new BandProbabilities(kids, young, middle, silver), estimate.Bands);
        Assert.Equal(child, estimate.Child);
        Assert.Equal(age, estimate.AgeYears, 6);
        Assert.Equal(young * 0.25, estimate.Segments.Men2030);
        Assert.Equal(young * 0.75, estimate.Segments.Women2030);
        Assert.True(estimate.Segments.IsDistribution);
    }
}
