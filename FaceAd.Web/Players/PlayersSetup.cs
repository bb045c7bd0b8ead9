using FaceAd.Core;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;

namespace FaceAd.Web.Players;

static class PlayersSetup
{
    // Plays are taken from whoever has them: what was shown was shown.
    private static readonly PathString[] Served = [Routes.Hub, Routes.Frames, Routes.Audiences];

    public static void AddPlayers(this IServiceCollection services)
    {
        services.AddSignalR().AddHubOptions<ScreenHub>(options =>
        {
            options.MaximumReceiveMessageSize = Routes.MaxReportBytes;
            options.KeepAliveInterval = TimeSpan.FromSeconds(5);
            options.ClientTimeoutInterval = TimeSpan.FromSeconds(15);
            options.AddFilter(new ScreenHubThrottle());
            options.AddFilter<ScreenHubFaults>();
        });
        services.AddSingleton<PlayerMeters>();
        services.AddSingleton<ConnectedTimes>();
        services.AddSingleton<PlayerSeats>();
        services.AddSingleton<ScreenHubFaults>();
        services.AddSingleton<ScreenConnections>();
        services.AddSingleton<ScreenStates>();
        services.AddHostedService(provider => provider.GetRequiredService<ScreenStates>());
        services.AddSingleton<ScreenBoard>();
        services.AddSingleton<ProgrammePublisher>();
        services.AddHostedService(provider => provider.GetRequiredService<ProgrammePublisher>());
        services.AddSingleton<SchedulePublisher>();
        services.AddHostedService(provider => provider.GetRequiredService<SchedulePublisher>());
        services.AddHostedService<HeartbeatWriter>();
        services.AddHostedService<SiteHandover>();
        services.AddHostedService<SiteMoves>();
    }

    /// <summary>Refuses a screen's second player. After requests were forwarded: the node that owns the site knows the first.</summary>
    public static void UsePlayerSeats(this WebApplication app) => app.UseWhen(
        http => http.Request.Headers.ContainsKey(Routes.PlayerHeader) && Served.Any(path => http.Request.Path.StartsWithSegments(path)),
        branch => branch.Use(async (http, next) =>
        {
            if (http.User.ScreenId() is { } screen && Guid.TryParse(http.Request.Headers[Routes.PlayerHeader], out var player)
                && !http.RequestServices.GetRequiredService<PlayerSeats>()
                    .MayServe(screen, player, takes: http.Request.Path.StartsWithSegments(Routes.Hub)))
                http.Response.StatusCode = StatusCodes.Status423Locked;
            else await next(http);
        }));

    public static void MapPlayers(this IEndpointRouteBuilder routes) =>
        routes.MapHub<ScreenHub>(Routes.Hub, options => options.Transports = HttpTransportType.WebSockets)
            .RequireRateLimiting(DeviceAuthentication.SchemeName);
}
