using FaceAd.Core;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;

namespace FaceAd.Web.Players;

static class PlayersSetup
{
    public static void AddPlayers(this IServiceCollection services)
    {
        services.AddSignalR().AddHubOptions<ScreenHub>(options =>
        {
            options.MaximumReceiveMessageSize = Routes.MaxReportBytes;
            options.KeepAliveInterval = TimeSpan.FromSeconds(5);
            options.ClientTimeoutInterval = TimeSpan.FromSeconds(15);
            options.AddFilter(new ScreenHubThrottle());
        });
        services.AddSingleton<PlayerMeters>();
        services.AddSingleton<ConnectedTimes>();
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

    public static void MapPlayers(this IEndpointRouteBuilder routes) =>
        routes.MapHub<ScreenHub>(Routes.Hub, options => options.Transports = HttpTransportType.WebSockets)
            .RequireRateLimiting(DeviceAuthentication.SchemeName);
}
