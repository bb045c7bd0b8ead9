using System.Security.Claims;
using System.Threading.RateLimiting;
using FaceAd.Web.Accounts;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Components;

/// <summary>
/// Bounds what open pages cost this node, so each node counts its own: each connection may hold a circuit of about 0.8 MB
/// (docs/metrics.md). One person has so many at a time. Pages for others need no connection; but a page whose session has just ended
/// connects once more, to be sent to sign in, and then leaves.
/// </summary>
sealed class PageConnections(IOptions<AccountOptions> accounts, TimeProvider time) : IHubFilter
{
    private const string Policy = "pages";

    public Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        var caller = context.Context;
        if (caller.User?.Identity?.IsAuthenticated != true)
        {
            caller.Items[typeof(PageConnections)] =
                time.CreateTimer(_ => caller.Abort(), null, accounts.Value.StrangersStay, Timeout.InfiniteTimeSpan);
        }
        return next(context);
    }

    public Task OnDisconnectedAsync(HubLifetimeContext context, Exception? exception, Func<HubLifetimeContext, Exception?, Task> next)
    {
        (context.Context.Items.TryGetValue(typeof(PageConnections), out var end) ? end as ITimer : null)?.Dispose();
        return next(context, exception);
    }

    /// <summary>Adds the limits: open pages of a person, connections a minute of an address without a session.</summary>
    public static void AddLimits(RateLimiterOptions limits) => limits.AddPolicy(Policy, context =>
    {
        var accounts = context.RequestServices.GetRequiredService<IOptions<AccountOptions>>().Value;
        return context.User.FindFirstValue(ClaimTypes.NameIdentifier) is { } person
            // The request of a connection lasts as long as its page is open.
            ? RateLimitPartition.GetConcurrencyLimiter(
                person, _ => new ConcurrencyLimiterOptions { PermitLimit = accounts.PagesPerPerson })
            : RateLimitPartition.GetSlidingWindowLimiter(ClientAddress.NetworkOf(context), _ => new SlidingWindowRateLimiterOptions
            {
                PermitLimit = accounts.StrangersPerMinute,
                Window = TimeSpan.FromMinutes(1),
                SegmentsPerWindow = 6,
            });
    });

    /// <summary>Applies the limits to the endpoints through which pages connect.</summary>
    public static void Limit(EndpointBuilder endpoint)
    {
        if (endpoint is RouteEndpointBuilder { RoutePattern.RawText: "/_blazor" or "/_blazor/negotiate" })
            endpoint.Metadata.Add(new EnableRateLimitingAttribute(Policy));
    }
}
