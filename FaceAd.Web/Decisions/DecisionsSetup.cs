using FaceAd.Web.Decisions.Budgets;

namespace FaceAd.Web.Decisions;

static class DecisionsSetup
{
    public static void AddDecisions(this IServiceCollection services)
    {
        services.AddSingleton<DecisionSeals>();
        services.AddHostedService(provider => provider.GetRequiredService<DecisionSeals>());
        services.AddOptions<DecisionOptions>().BindConfiguration("Decisions")
            .Validate(o => Enum.IsDefined(o.Rule), "Decisions:Rule must be Value or CostPerImpression.").ValidateOnStart();
        services.AddSingleton<SupplyReader>();
        services.AddSingleton<PacingKeeper>();
        services.AddSingleton<SnapshotReader>();
        services.AddHostedService(provider => provider.GetRequiredService<SnapshotReader>());
        services.AddHostedService(provider => provider.GetRequiredService<PacingKeeper>());
        services.AddSingleton<BudgetLeases>();
        services.AddHostedService(provider => provider.GetRequiredService<BudgetLeases>());
        services.AddSingleton<Chooser>();
        services.AddSingleton<DecisionWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<DecisionWriter>());
        services.AddSingleton<RecognisedRiders>();
        services.AddHostedService(provider => provider.GetRequiredService<RecognisedRiders>());
        services.AddSingleton<DecisionEngine>();
        services.AddSingleton<DecisionFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<DecisionFeed>());
    }
}
