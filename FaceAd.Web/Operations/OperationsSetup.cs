using FaceAd.Web.Data;
using FaceAd.Web.Data.Backups;

namespace FaceAd.Web.Operations;

/// <summary>What tells an operator how the app is.</summary>
static class OperationsSetup
{
    /// <param name="services">Where to.</param>
    /// <param name="configuration">The program's configuration.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="postgres">The embedded PostgreSQL; null when it is another's.</param>
    public static void AddOperations(
        this IServiceCollection services, IConfiguration configuration, DataFolder folder, EmbeddedPostgres? postgres)
    {
        services.AddHostedService<WorkLog>();
        services.AddTelemetry(configuration);
        Watchdog.Add(services, configuration);
        var backup = BackupFolder.Of(configuration);
        services.AddSingleton(new ErasureLedger(folder.Erased, backup?.Erased));
        if (backup is null || postgres is null) return;
        services.AddSingleton(backup);
        services.AddSingleton(postgres);
        services.AddHostedService<BackupWorker>();
    }
}
