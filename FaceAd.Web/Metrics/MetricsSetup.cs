using FaceAd.Web.Accounts;
using FaceAd.Web.Audiences;
using FaceAd.Web.Exposures;
using FaceAd.Web.Plays;

namespace FaceAd.Web.Metrics;

static class MetricsSetup
{
    public static void AddCampaignMetrics(this IServiceCollection services)
    {
        services.AddSingleton<MetricsReader>();
        services.AddSingleton(provider => new MetricsFeed(
            provider.GetRequiredService<MetricsReader>(), provider.GetRequiredService<AudienceIntake>(), provider.GetRequiredService<PlayIntake>(),
            provider.GetRequiredService<ExposureWorker>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<MetricsFeed>>()));
        services.AddHostedService(provider => provider.GetRequiredService<MetricsFeed>());
        services.AddSingleton<ShowingReader>();
        services.AddSingleton<OverviewReader>();
        services.AddSingleton<LoopStatus>();
        services.AddSingleton<PrivacyReader>();
    }

    public static void MapMetrics(this WebApplication app)
    {
        app.Services.GetRequiredService<LoopStatus>(); // watches from the start
        app.MapGet("/api/loop", (LoopStatus loop, CancellationToken cancellation) => loop.ReadAsync(cancellation))
            .RequireAuthorization(policy => policy.RequireRole(Roles.Admin));
    }
}
