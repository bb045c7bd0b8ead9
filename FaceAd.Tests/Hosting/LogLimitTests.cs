using FaceAd.Tests.Player.Clock;
using FaceAd.Tests.Support;
using FaceAd.Web.Hosting;
using Microsoft.Extensions.Logging;

namespace FaceAd.Tests.Hosting;

public sealed class LogLimitTests : IDisposable
{
    private readonly Complaints _said = new();
    private readonly LoggerFactory _factory;
    private readonly MachineClock _clock = new(Sample.Noon, TimeSpan.Zero);
    private readonly LogLimit<string> _limit;

    public LogLimitTests()
    {
        _factory = new LoggerFactory([_said]);
        _limit = new LogLimit<string>(_factory.CreateLogger<LogLimitTests>(), _clock, most: 2, TimeSpan.FromMinutes(1));
    }

    public void Dispose() => _factory.Dispose();

    [Fact]
    public void Allows_MoreThanTheMost_LeavesTheRestOutAndSaysHowManyOnceThePeriodIsOver()
    {
        Assert.Equal([true, true, false, false, false], Enumerable.Range(0, 5).Select(_ => _limit.Allows("a")));
        Assert.True(_limit.Allows("b")); // each by itself
        Assert.Empty(_said.Lines);

        _clock.Pass(59);
        Assert.False(_limit.Allows("a"));
        _clock.Pass(2);
        Assert.True(_limit.Allows("a"));
        Assert.Contains("4 lines about a were left out", Assert.Single(_said.Lines));
    }

    [Fact]
    public void Allows_NoneWereLeftOut_SaysNothing()
    {
        Assert.True(_limit.Allows("a"));
        _clock.Pass(90);
        Assert.True(_limit.Allows("a"));
        Assert.Empty(_said.Lines);
    }
}
