using FaceAd.Bench;

namespace FaceAd.Tests.Bench;

public sealed class ResidentsTests
{
    // Crash and nodes tell by this who was enrolled twice.
    [Fact]
    public void Of_EveryView_IsItsPerson()
    {
        var random = new Random(1);
        Assert.All(Enumerable.Range(0, 20 * Residents.Count), i =>
            Assert.Equal(i % Residents.Count, Residents.Of(Residents.View(i % Residents.Count, random))));
    }
}
