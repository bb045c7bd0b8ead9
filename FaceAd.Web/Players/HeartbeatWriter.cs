using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using FaceAd.Web.Notifications;
using FaceAd.Web.Screens;
using Npgsql;

namespace FaceAd.Web.Players;

/// <summary>
/// Writes the latest heartbeats to the screens' rows, and the gaps before them, in one statement every ten seconds, with news of screens
/// that had not been heard for a while and of videos that fail; disconnects revoked screens.
/// </summary>
sealed class HeartbeatWriter(
    ScreenConnections connections, ScreenDirectory screens, SiteOwnership ownership, [ScreensPool] NpgsqlDataSource database,
    TimeProvider time, ILogger<HeartbeatWriter> log)
    : BackgroundService
{
    private const string Update = """
        WITH b AS (
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $11)
                AS b (id, at, version, camera, problem, clock_offset, clock_drift, showing, left_out)
        ), gaps AS (
            INSERT INTO screen_gaps AS g (screen_id, since, until)
            SELECT b.id, COALESCE(s.last_seen_at, s.created_at), b.at FROM b JOIN screens s ON s.id = b.id
            WHERE b.at - COALESCE(s.last_seen_at, s.created_at) >= $10
            ON CONFLICT (screen_id, since) DO UPDATE SET until = GREATEST(g.until, excluded.until)
        ), written AS (
            UPDATE screens SET last_seen_at = b.at, player_version = b.version, camera = b.camera, problem = b.problem,
                   clock_offset_milliseconds = b.clock_offset, clock_drift_parts_per_million = b.clock_drift,
                   showing_creative_id = b.showing, left_out = string_to_array(b.left_out, ' ')::uuid[]
            FROM b WHERE screens.id = b.id
            RETURNING screens.id, old.last_seen_at AS before, new.last_seen_at AS now, old.left_out AS left_out_before, new.left_out
        )
        SELECT id, before IS NULL OR now - before > $9, ARRAY(
            SELECT unnest(left_out) EXCEPT SELECT unnest(left_out_before))
        FROM written
        WHERE before IS NULL OR now - before > $9 OR (left_out IS NOT NULL AND left_out IS DISTINCT FROM left_out_before)
        """;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    // Shorter than anybody calls silent, even when the clocks of two nodes differ.
    private static readonly TimeSpan Absence = TimeSpan.FromMinutes(1);
    private IDisposable? _watching;
    private long _writtenUpTo = long.MinValue; // a timestamp: the clock may be set back

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
            .Where(b => b.Last is { } last && last.Stamp > _writtenUpTo && IsOurs(b.Id))
            .Select(b => (b.Id, b.Last!.Value.Beat, b.Last.Value.At, b.Last.Value.Stamp))
            .ToList();
        if (beats.Count == 0) return;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var told = await connection.QueryAsync(
            Update,
            [
                beats.Select(b => b.Id).ToArray(), beats.Select(b => b.At.UtcDateTime).ToArray(),
                beats.Select(b => b.Beat.PlayerVersion).ToArray(), beats.Select(b => (int)b.Beat.Camera).ToArray(),
                beats.Select(b => b.Beat.Problem).ToArray(),
                beats.Select(b => b.Beat.ClockAheadMilliseconds ?? (b.Beat.SentAt - b.At).TotalMilliseconds).ToArray(),
                beats.Select(b => b.Beat.ClockDriftPartsPerMillion).ToArray(), beats.Select(b => b.Beat.Showing).ToArray(), Absence,
                ScreenGap.Least,
                beats.Select(b => b.Beat.LeftOut is { Count: > 0 } videos ? string.Join(' ', videos.Distinct().Order()) : null).ToArray(),
            ],
            r => (Screen: r.GetGuid(0), IsBack: r.GetBoolean(1), Videos: r.GetFieldValue<Guid[]>(2)), cancellation);
        await News.AddAsync(connection, NewsKind.ScreenBack, [.. told.Where(t => t.IsBack).Select(t => t.Screen)], cancellation);
        var failing = told.SelectMany(t => t.Videos.Select(video => (t.Screen, Video: video))).ToList();
        if (failing.Count > 0)
        {
            await connection.NotifyOfVideosAsync(
                [.. failing.Select(f => f.Screen)], [.. failing.Select(f => f.Video)], time.GetUtcNow(), cancellation);
        }
        await transaction.CommitAsync(cancellation);
        _writtenUpTo = beats.Max(b => b.Stamp);
    }

    // A node that hung must not write over what the next owner has heard since.
    private bool IsOurs(Guid screen) => screens.Find(screen) is { } entry && ownership.Find(entry.SiteId) is not null;

    private void DisconnectRevokedTokens()
    {
        connections.AbortWhere(token => !screens.IsGood(token));
    }
}
