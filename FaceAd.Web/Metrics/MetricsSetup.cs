using FaceAd.Web.Metrics.Rollups;

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
        services.AddSingleton<RollupAuditor>();
        services.AddSingleton<LiveFeedMeter>();
        services.AddSingleton<MetricsFeed>();
        services.AddSingleton<OverviewReader>();
        services.AddSingleton<OverviewFeed>();
    }
}
