using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace FaceAd.Tests.Accounts.Sessions;

public sealed class SignInGuardTests
{
    private readonly Clock _clock = new();
    private readonly SignInGuard _guard;

    public SignInGuardTests() => _guard = new SignInGuard(
        Options.Create(new IdentityOptions { Lockout = { MaxFailedAccessAttempts = 5, DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5) } }),
        Options.Create(new AccountOptions { TriesPerMinute = 20 }), _clock);

    [Fact]
    public void Begin_FiveTries_AreHeldUpForFiveMinutes()
    {
        for (var i = 0; i < 5; i++) Assert.Null(_guard.Begin(Try("a", "1")));
        Assert.Equal(TimeSpan.FromMinutes(5), _guard.Begin(Try("a", "1")));
        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(TimeSpan.FromMinutes(1), _guard.Begin(Try("a", "1"))); // trying on does not make it longer
        Assert.Null(_guard.Begin(Try("a", "2")));
        Assert.Null(_guard.Begin(Try("b", "1")));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(_guard.Begin(Try("a", "1")));
    }

    [Fact]
    public void Succeeded_EachTime_IsNeverHeldUp()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.Null(_guard.Begin(Try("a", "1")));
            _guard.Succeeded(Try("a", "1"));
        }
    }

    [Fact]
    public void Begin_FourTriesAndQuiet_StartAnew()
    {
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 4; i++) Assert.Null(_guard.Begin(Try("a", "1")));
            _clock.Advance(TimeSpan.FromMinutes(16));
        }
    }

    [Fact]
    public void Begin_ManyNetworksOnAndOn_AreHeldUpForLongerUpToALimit()
    {
        var network = 0;
        foreach (var minutes in new[] { 1, 2, 4, 8, 16, 16, 16 })
        {
            for (var i = 0; i < 20; i++) Assert.Null(_guard.Begin(Try("a", $"{++network}")));
            Assert.Equal(TimeSpan.FromMinutes(minutes), _guard.Begin(Try("a", "new")));
            Assert.Null(_guard.Begin(Try("a", "new", Guid.NewGuid()))); // a browser that is known counts alone
            _clock.Advance(TimeSpan.FromMinutes(minutes));
        }
        _clock.Advance(TimeSpan.FromMinutes(40)); // they have given up
        for (var i = 0; i < 20; i++) Assert.Null(_guard.Begin(Try("a", $"{++network}")));
        Assert.Equal(TimeSpan.FromMinutes(1), _guard.Begin(Try("a", "new")));
    }

    [Fact]
    public void Begin_KnownBrowser_IsHeldUpByItsOwnTries()
    {
        var browser = Guid.NewGuid();
        for (var i = 0; i < 5; i++) Assert.Null(_guard.Begin(Try("a", $"{i}", browser)));
        Assert.Equal(TimeSpan.FromMinutes(5), _guard.Begin(Try("a", "9", browser)));
        Assert.Null(_guard.Begin(Try("a", "9")));
    }

    [Fact]
    public void Begin_MoreThanItsCapacity_ForgetsTheOldest()
    {
        for (var i = 0; i < 5; i++) _guard.Begin(Try("first", "1"));
        for (var i = 0; i < SignInGuard.Capacity; i++)
        {
            _clock.Advance(TimeSpan.FromTicks(1));
            _guard.Begin(Try($"{i}", "1", Guid.Empty));
            if (i == SignInGuard.Capacity / 2)
            {
                Assert.NotNull(_guard.Held(Try("first", "1")));
                for (var j = 0; j < 5; j++) _guard.Begin(Try("later", "1"));
            }
        }
        Assert.Null(_guard.Held(Try("first", "1")));
        Assert.NotNull(_guard.Held(Try("later", "1")));
    }

    private static SignInTry Try(string account, string network, Guid? browser = null) => new(account, network, browser);

    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan by) => _now += by.Ticks;
    }
}
