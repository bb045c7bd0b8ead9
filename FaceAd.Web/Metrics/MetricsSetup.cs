using FaceAd.Web.Metrics.Forecasts;
using FaceAd.Web.Metrics.Places;
using FaceAd.Web.Metrics.Rollups;

namespace FaceAd.Web.Metrics;

static class MetricsSetup
{
    public static void AddCampaignMetrics(this IServiceCollection services)
    {
        services.AddSingleton<AudienceHistory>();
        services.AddSingleton<BuildingReader>();
        services.AddSingleton<ForecastReader>();
        services.AddSingleton<ForecastKeeper>();
        services.AddHostedService(provider => provider.GetRequiredService<ForecastKeeper>());
        services.AddSingleton<VisitCounter>();
        services.AddHostedService(provider => provider.GetRequiredService<VisitCounter>());
        services.AddSingleton<MetricsReader>();
        services.AddSingleton<MetricsBreakdown>();
        services.AddSingleton<AudienceFiguresReader>();
        services.AddSingleton<RollupAuditor>();
        services.AddSingleton<LiveFeedMeter>();
        services.AddSingleton<MetricsFeed>();
        services.AddSingleton<OverviewReader>();
        services.AddSingleton<OverviewFeed>();
        services.AddSingleton<CampaignRankWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<CampaignRankWorker>());
    }
}
