using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Accounts.Audit;

/// <summary>
/// Deletes audit entries older than <c>Audit:KeepDays</c> (default 730 days, at least <see cref="AuditGuard.LeastDays"/>). Nothing else may
/// delete them.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="configuration">Holds the retention period.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
sealed class AuditRetention(NpgsqlDataSource database, IConfiguration configuration, TimeProvider time, ILogger<AuditRetention> log)
    : BackgroundService
{
    private const string Delete = """
        WITH gone AS (DELETE FROM audit_entries WHERE id IN (SELECT id FROM audit_entries WHERE at < $1 ORDER BY at, id LIMIT 5000)
            RETURNING 1)
        SELECT count(*) FROM gone
        """;

    private static readonly TimeSpan Period = TimeSpan.FromHours(6);

    /// <summary>How long entries are kept, in days.</summary>
    public int KeepDays { get; } = Math.Max(AuditGuard.LeastDays, configuration.GetValue("Audit:KeepDays", 730));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                await RunCycleAsync(stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                log.LogWarning("Could not delete old audit entries ({Reason}); will retry", exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    internal async Task<long> RunCycleAsync(CancellationToken cancellation)
    {
        var before = time.GetUtcNow().AddDays(-KeepDays);
        long total = 0, count;
        do
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await connection.ExecuteAsync(AuditGuard.Permit, [], cancellation);
            count = (await connection.QueryAsync(Delete, [before], row => row.GetInt64(0), cancellation))[0];
            await transaction.CommitAsync(cancellation);
            total += count;
        }
        while (count > 0);
        if (total > 0) log.LogInformation("Deleted {Count} audit entries from before {Before:yyyy-MM-dd}", total, before);
        return total;
    }
}
