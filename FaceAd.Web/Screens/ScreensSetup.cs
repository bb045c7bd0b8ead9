using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace FaceAd.Web.Screens;

static class ScreensSetup
{
    /// <summary>Restricts a route to screens, and limits their rate.</summary>
    public static RouteHandlerBuilder ForScreens(this RouteHandlerBuilder route) =>
        route.RequireAuthorization(DeviceAuthentication.SchemeName).RequireRateLimiting(DeviceAuthentication.SchemeName)
            .DisableAntiforgery();

    public static void AddScreens(this IServiceCollection services)
    {
        services.AddHttpForwarder();
        services.AddSingleton<ScreenForwarding>();
        services.AddSingleton<ScreenDirectory>();
        services.AddHostedService(provider => provider.GetRequiredService<ScreenDirectory>());
        services.AddSingleton<ScreenRegistry>();
        services.AddSingleton<ScreenKeys>();
        services.AddSingleton<SiteConsents>();
        services.AddSingleton<SitePlaces>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, DeviceAuthentication>(DeviceAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder()
            .AddPolicy(DeviceAuthentication.SchemeName, new AuthorizationPolicyBuilder(DeviceAuthentication.SchemeName)
            .RequireClaim(DeviceAuthentication.ScreenClaim).Build());
        services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.AddPolicy(DeviceAuthentication.SchemeName, context => RateLimitPartition.GetTokenBucketLimiter(
                context.User.ScreenId(), _ => new TokenBucketRateLimiterOptions
                {
                    // A player sends at most five frames and a few reports a second; after an outage it catches up in batches. Each node
                    // counts alone: this guards its own time, and what is sent twice counts once anyway.
                    TokenLimit = 60,
                    TokensPerPeriod = 20,
                    ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                    AutoReplenishment = true,
                }));
        });
    }

    /// <summary>Forwards screen traffic to the node that owns the site. Runs after authorization, which identifies the screen.</summary>
    public static void UseScreenForwarding(this WebApplication app)
    {
        var forwarding = app.Services.GetRequiredService<ScreenForwarding>();
        app.Use(next => context => forwarding.InvokeAsync(context, next));
    }
}
