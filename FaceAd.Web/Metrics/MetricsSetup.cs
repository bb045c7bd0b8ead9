using FaceAd.Web.Accounts;

namespace FaceAd.Web.Metrics;

static class MetricsSetup
{
    public static void AddCampaignMetrics(this IServiceCollection services)
    {
        services.AddSingleton<AudienceHistory>();
        services.AddSingleton<MetricsReader>();
        services.AddSingleton<MetricsBreakdown>();
        services.AddSingleton<AudienceFiguresReader>();
        services.AddSingleton<SharedAudience>();
        services.AddSingleton<RollupRebuild>();
        services.AddSingleton<LiveFeedMeter>();
        services.AddSingleton<MetricsFeed>();
        services.AddSingleton<ShowingReader>();
        services.AddSingleton<ShowingFeed>();
        services.AddSingleton<OverviewReader>();
        services.AddSingleton<OverviewFeed>();
        services.AddSingleton<LoopStatus>();
        services.AddSingleton<PrivacyReader>();
    }

    public static void MapMetrics(this WebApplication app)
    {
        app.Services.GetRequiredService<LoopStatus>(); // created now, so that it tracks from the start
        app.MapGet("/api/loop", (LoopStatus loop, CancellationToken cancellation) => loop.ReadAsync(cancellation))
            .RequireAuthorization(policy => policy.RequireRole(Roles.Admin));
    }
}
