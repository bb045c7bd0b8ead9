using FaceAd.Core;

namespace FaceAd.Tests.Hosting;

public sealed class RepeatedLinesTests
{
    private readonly RepeatedLines<string, string> _lines = new();
    private TimeSpan _now;

    [Fact]
    public void Allows_FiveTimesASecondOnAFullDisk_IsSaidAtOnceAndThenOnceAMinuteWithTheCount()
    {
        List<string> said = [];
        for (var i = 0; i < 5 * 150; i++)
        {
            if (Allows("disk", "full", $"full {i}")) said.Add($"full {i}");
            Pass(0.2);
        }
        Assert.Equal(["full 0", "299 more: full 299", "300 more: full 599"], said);
        Pass(30); // it has ended: the rest is told, and the next time is news
        Assert.Equal("150 more: full 749", said[^1]);
        Pass(60);
        Assert.True(Allows("disk", "full", "full again"));
        Assert.Equal(4, said.Count);

        void Pass(double seconds)
        {
            _now += TimeSpan.FromSeconds(seconds);
            said.AddRange(_lines.End(_now).Select(l => $"{l.Count} more: {l.Last}"));
        }
    }

    [Fact]
    public void Allows_OneKindAboutManyScreens_SaysTheFirstTenAndCountsTheRest()
    {
        Assert.Equal(10, Enumerable.Range(0, 30).Count(i => Allows("screen", $"screen {i}", $"screen {i}")));
        Assert.True(Allows("other", "screen 1", "each kind by itself"));
        Assert.Equal([(20, "screen 29")], _lines.End(_now + TimeSpan.FromMinutes(1)));
        Assert.True(Allows("screen", "screen 28", "in the next minute"));
        Assert.False(Allows("screen", "screen 29", "told just now"));
    }

    [Fact]
    public void End_NothingWasLeftOut_SaysNothing()
    {
        Assert.True(Allows("a", "a", "a"));
        Assert.Empty(_lines.End(_now += TimeSpan.FromMinutes(1)));
        Assert.True(Allows("a", "a", "a"));
    }

    private bool Allows(string kind, string text, string line) => _lines.Allows(kind, text, line, _now);
}
