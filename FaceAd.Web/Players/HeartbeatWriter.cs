using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Npgsql;

namespace FaceAd.Web.Players;

/// <summary>Writes the latest heartbeats to the screens' rows, one statement every ten seconds; disconnects revoked screens.</summary>
sealed class HeartbeatWriter(
    ScreenConnections connections, ScreenDirectory screens, [ScreensPool] NpgsqlDataSource database, TimeProvider time,
    ILogger<HeartbeatWriter> log)
    : BackgroundService
{
    private const string Update = """
        UPDATE screens SET last_seen_at = b.at, player_version = b.version, camera = b.camera, problem = b.problem,
               clock_offset_milliseconds = b.clock_offset, clock_drift_parts_per_million = b.clock_drift, showing_creative_id = b.showing
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS b (id, at, version, camera, problem, clock_offset, clock_drift, showing)
        WHERE screens.id = b.id
        """;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private IDisposable? _watching;
    private DateTimeOffset _writtenUpTo = DateTimeOffset.MinValue;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _watching = screens.Changed.Add(_ => DisconnectRevokedTokens());
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _watching?.Dispose();
        return base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunCycleAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogWarning("Could not write heartbeats ({Reason}); will retry", exception.Message);
            }
        }
    }

    internal async Task RunCycleAsync(CancellationToken cancellation)
    {
        var beats = connections.Connected
            .Select(id => (Id: id, Last: connections.LastBeat(id)))
            .Where(b => b.Last is { } last && last.At > _writtenUpTo)
            .Select(b => (b.Id, b.Last!.Value.Beat, b.Last.Value.At))
            .ToList();
        if (beats.Count == 0) return;
        await using var command = database.CreateCommand(Update);
        command.Parameters.Add(new() { Value = beats.Select(b => b.Id).ToArray() });
        command.Parameters.Add(new() { Value = beats.Select(b => b.At.UtcDateTime).ToArray() });
        command.Parameters.Add(new() { Value = beats.Select(b => b.Beat.PlayerVersion).ToArray() });
        command.Parameters.Add(new() { Value = beats.Select(b => (int)b.Beat.Camera).ToArray() });
        command.Parameters.Add(new() { Value = beats.Select(b => b.Beat.Problem).ToArray() });
        command.Parameters.Add(
            new() { Value = beats.Select(b => b.Beat.ClockAheadMilliseconds ?? (b.Beat.SentAt - b.At).TotalMilliseconds).ToArray() });
        command.Parameters.Add(new() { Value = beats.Select(b => b.Beat.ClockDriftPartsPerMillion).ToArray() });
        command.Parameters.Add(new() { Value = beats.Select(b => b.Beat.Showing).ToArray() });
        await command.ExecuteNonQueryAsync(cancellation);
        _writtenUpTo = beats.Max(b => b.At);
    }

    private void DisconnectRevokedTokens()
    {
        connections.AbortWhere(token => !screens.IsGood(token));
    }
}
