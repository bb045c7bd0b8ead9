using System.Threading.Channels;

namespace FaceAd.Tests.Support.Tests;

public sealed class WaitTests
{
    [Fact]
    public async Task UntilAsync_ConditionHoldsLater_ReturnsThen()
    {
        var asked = 0;
        await Wait.UntilAsync(() => ++asked == 3, "it was asked three times");
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task UntilAsync_ConditionNeverHolds_FailsPastTheLimitAndSaysWhatAndWhy()
    {
        var failed = await Assert.ThrowsAsync<TimeoutException>(() =>
            Wait.UntilAsync(() => Task.FromResult(false), "pigs fly", TimeSpan.FromMilliseconds(50), () => Task.FromResult("They walk.")));
        Assert.Contains("it did not happen that pigs fly. They walk.", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForAsync_OtherItemsFirst_SkipsThem()
    {
        var items = Channel.CreateUnbounded<int>();
        foreach (var item in (int[])[1, 2, 3]) items.Writer.TryWrite(item);
        Assert.Equal(1, await Wait.NextAsync(items.Reader));
        Assert.Equal(3, await Wait.ForAsync(items.Reader, item => item > 2, "a three comes"));
    }
}
