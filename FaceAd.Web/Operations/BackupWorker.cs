using FaceAd.Web.Data;
using FaceAd.Web.Data.Backups;
using FaceAd.Web.Hosting;
using Npgsql;

namespace FaceAd.Web.Operations;

/// <summary>
/// Backs up once a minute what came since, and takes a base backup once a day. PostgreSQL itself archives its log in the same folder.
/// </summary>
sealed class BackupWorker(
    BackupFolder backup, DataFolder data, EmbeddedPostgres postgres, ErasureLedger ledger, TimeProvider time, ILogger<BackupWorker> log)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private readonly LogLimit<string> _complaints = new(log, time, most: 1, TimeSpan.FromMinutes(10));

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        backup.Claim((await connection.QueryAsync(
            "SELECT system_identifier::text FROM pg_control_system()", [], r => r.GetString(0), cancellationToken))[0]);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                await RunCycleAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                if (_complaints.Allows("failed backups")) log.LogError("Could not back up ({Reason}); will retry", exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    internal async Task RunCycleAsync(CancellationToken cancellation)
    {
        ledger.Copy();
        await Task.Run(() => backup.CopyFiles(data, time.GetUtcNow()), cancellation);
        int timeline;
        await using (var connection = await OpenAsync(cancellation))
        {
            var failures = await connection.QueryAsync(
                "SELECT last_failed_wal FROM pg_stat_archiver WHERE last_failed_time > coalesce(last_archived_time, '-infinity')", [],
                r => r.GetString(0), cancellation);
            if (failures is [var segment] && _complaints.Allows("log that is not archived"))
            {
                log.LogError(
                    "PostgreSQL cannot archive {Segment} of its log in {Folder}: the data folder grows until it can", segment, backup.Log);
            }
            timeline = (await connection.QueryAsync(
                "SELECT timeline_id FROM pg_control_checkpoint()", [], r => r.GetInt32(0), cancellation))[0];
        }
        if (!backup.IsBaseDue(timeline, time.GetUtcNow())) return;
        var taken = await BaseBackups.TakeAsync(postgres, data.Postgres, backup, time, cancellation);
        log.LogInformation("Base backup {Folder} is complete", taken.Path);
        await Task.Run(() => backup.Prune(data, time.GetUtcNow()), cancellation);
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(postgres.AdminConnectionString);
        await connection.OpenAsync(cancellation);
        return connection;
    }
}
