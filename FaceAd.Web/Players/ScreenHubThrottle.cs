using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.SignalR;

namespace FaceAd.Web.Players;

/// <summary>
/// Slows down a screen that calls the hub more often than a player does, over however many connections. The calls of a connection run one
/// after the other, so a flood waits in its own socket and costs the other screens nothing; no call of an honest player is refused.
/// </summary>
sealed class ScreenHubThrottle : IHubFilter
{
    /// <summary>Calls before the throttle: more than a player makes when it connects and learns the time.</summary>
    public const int Burst = 50;

    /// <summary>Time for each call beyond: a player makes one every few seconds.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private static readonly TokenBucketRateLimiterOptions Pace =
        new() { TokenLimit = Burst, TokensPerPeriod = 1, ReplenishmentPeriod = Interval, AutoReplenishment = false };

    private readonly ConcurrentDictionary<Guid, TokenBucketRateLimiter> _screens = new(); // as many as ever connected

    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var screen = invocationContext.Context.User.ScreenId() ?? throw new HubException("Not a screen.");
        var calls = _screens.GetOrAdd(screen, static _ => new TokenBucketRateLimiter(Pace));
        while (!MayGo(calls)) await Task.Delay(Interval, invocationContext.Context.ConnectionAborted);
        return await next(invocationContext);
    }

    private static bool MayGo(TokenBucketRateLimiter calls)
    {
        calls.TryReplenish();
        using var call = calls.AttemptAcquire();
        return call.IsAcquired;
    }
}
