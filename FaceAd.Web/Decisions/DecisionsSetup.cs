namespace FaceAd.Web.Decisions;

static class DecisionsSetup
{
    public static void AddDecisions(this IServiceCollection services)
    {
        services.AddSingleton<DecisionSeals>();
        services.AddHostedService(provider => provider.GetRequiredService<DecisionSeals>());
        services.AddSingleton<SnapshotReader>();
        services.AddHostedService(provider => provider.GetRequiredService<SnapshotReader>());
        services.AddSingleton<DecisionWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<DecisionWriter>());
        services.AddSingleton<RecognisedRiders>();
        services.AddHostedService(provider => provider.GetRequiredService<RecognisedRiders>());
        services.AddSingleton<DecisionEngine>();
        services.AddSingleton<DecisionFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<DecisionFeed>());
    }
}
