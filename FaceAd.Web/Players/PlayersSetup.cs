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
        http => Served.Any(path => http.Request.Path.StartsWithSegments(path)),
        branch => branch.Use(async (http, next) =>
        {
            if (http.User.ScreenId() is not { } screen) await next(http);
            else if (PlayerOf(http.Request) is not { } player)
            {
                await Results.Problem($"{Routes.PlayerHeader} is not a GUID.", statusCode: StatusCodes.Status400BadRequest)
                    .ExecuteAsync(http);
            }
            else if (http.RequestServices.GetRequiredService<PlayerSeats>()
                .MayServe(screen, player, takes: http.Request.Path.StartsWithSegments(Routes.Hub))) await next(http);
            else http.Response.StatusCode = StatusCodes.Status423Locked;
        }));

    /// <summary>
    /// The player that sends a request; null when its name cannot be read. All that do not name themselves are one, so that leaving the
    /// header out gets nobody past another player.
    /// </summary>
    public static Guid? PlayerOf(HttpRequest request) =>
        request.Headers[Routes.PlayerHeader].ToString() is not { Length: > 0 } name ? Guid.Empty
            : Guid.TryParse(name, out var player) ? player : null;

    public static void MapPlayers(this IEndpointRouteBuilder routes) =>
        routes.MapHub<ScreenHub>(Routes.Hub, options => options.Transports = HttpTransportType.WebSockets)
            .RequireRateLimiting(DeviceAuthentication.SchemeName);
}
