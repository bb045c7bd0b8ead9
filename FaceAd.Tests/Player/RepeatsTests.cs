using FaceAd.Player;
using Microsoft.Extensions.Time.Testing;

namespace FaceAd.Tests.Player;

public sealed class RepeatsTests
{
    [Fact]
    public void Again_FiveTimesASecondOnAFullDisk_IsSaidOnceAMinuteAndCounted()
    {
        var time = new FakeTimeProvider();
        var repeats = new Repeats(time);
        var said = new List<int>();
        for (var i = 0; i < 5 * 150; i++)
        {
            if (repeats.Again()) said.Add(repeats.Count);
            time.Advance(TimeSpan.FromMilliseconds(200));
        }
        Assert.Equal([1, 301, 601], said);
        Assert.Equal(750, repeats.End());
        Assert.Equal(0, repeats.End());
        Assert.True(repeats.Again()); // another one is said at once
    }
}
