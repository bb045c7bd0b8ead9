using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace FaceAd.Web.Data;

/// <summary>Readiness: the database responds. Asked as a screen asks: pages that take all their connections leave the node ready.</summary>
sealed class DatabaseCheck([ScreensPool] NpgsqlDataSource database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = database.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (NpgsqlException exception)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.", exception);
        }
    }
}
