namespace FaceAd.Web.Operations;

/// <summary>What tells an operator how the app is.</summary>
static class OperationsSetup
{
    public static void AddOperations(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddHostedService<WorkLog>();
        services.AddTelemetry(configuration);
        Watchdog.Add(services, configuration);
    }
}
