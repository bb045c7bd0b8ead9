using System.Collections.Concurrent;
using System.Text.Json;
using FaceAd.Core;
using FaceAd.Web.Audiences;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using FaceAd.Web.Frames;
using FaceAd.Web.Hosting;
using FaceAd.Web.Screens;
using Npgsql;

namespace FaceAd.Web.Players;

/// <summary>What the node that owns a screen's site knows of the screen. It names nobody in view.</summary>
/// <param name="Connected">Whether its player is connected.</param>
/// <param name="Beat">Latest heartbeat; null before the first.</param>
/// <param name="BeatAt">When that arrived.</param>
/// <param name="Viewers">The most likely segment of each person in view.</param>
sealed record ScreenState(bool Connected, Heartbeat? Beat, DateTimeOffset? BeatAt, IReadOnlyList<Segment> Viewers)
{
    /// <summary>Whether a second player with its token was refused lately.</summary>
    public bool IsDisputed { get; init; }

    /// <summary>How its camera hangs, by whoever analyses its frames.</summary>
    public CameraHints Hints { get; init; }
}

/// <summary>
/// The state of every screen, whichever node it is connected to. While other nodes live, each node writes what has changed at its sites
/// into an unlogged table, and reads what the others wrote, once a second. Of a screen at which nothing has happened it writes the newest
/// heartbeat every 15 s. A single node writes and reads nothing.
/// </summary>
sealed class ScreenStates(
    ScreenConnections connections, PlayerSeats seats, FrameWorker frames, LiveAudiences audiences, ScreenDirectory screens,
    SiteOwnership ownership,
    [ScreensPool] NpgsqlDataSource database, TimeProvider time, ILogger<ScreenStates> log)
    : BackgroundService
{
    /// <summary>Creates the table. Run by a migration; idempotent.</summary>
    public const string Create = """
        CREATE UNLOGGED TABLE IF NOT EXISTS screen_states (
            screen_id uuid PRIMARY KEY, node_id uuid NOT NULL, at timestamptz NOT NULL, state text);
        """;

    private const string Write = """
        INSERT INTO screen_states AS s (screen_id, node_id, at, state)
        SELECT id, $1, clock_timestamp(), state FROM unnest($2, $3) AS now (id, state)
        ON CONFLICT (screen_id) DO UPDATE SET node_id = excluded.node_id, at = excluded.at, state = excluded.state
        """;

    private const string Withdraw = """
        UPDATE screen_states SET at = clock_timestamp(), state = NULL WHERE node_id = $1 AND screen_id = ANY ($2) AND state IS NOT NULL
        """;

    private const string Read = "SELECT screen_id, node_id, state, at FROM screen_states WHERE node_id <> $1 AND at > $2";
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // Of what nobody sees at a glance: the time of the last heartbeat, and figures such as a temperature. A beat comes every five seconds.
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(15);

    // A write may commit after a later one has been read.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<Guid, bool> _changed = new();
    private readonly ConcurrentDictionary<Guid, (Guid Node, string? Text, ScreenState? State)> _others = new();
    private readonly Dictionary<Guid, (ScreenState State, long At)> _told = []; // of this node's screens, while other nodes live
    private IReadOnlySet<Guid> _peers = new HashSet<Guid>(); // at the last cycle
    private DateTime _readUpTo = DateTime.UnixEpoch;
    private IDisposable? _watching;

    /// <summary>Told when a screen's state has changed, here or elsewhere.</summary>
    public Subscribers<Guid> Changed { get; } = new("state of screens", log);

    /// <summary>The state of a screen, as the owner of its site knows it; as this node last knew it when nobody is that.</summary>
    public ScreenState Find(ScreenEntry screen) =>
        ownership.Find(screen.SiteId) is null && _others.TryGetValue(screen.Id, out var other) && other.State is { } state
            && ownership.Peers.Contains(other.Node) ? state : Own(screen.Id);

    /// <summary>
    /// The state of every screen that is connected or has somebody in view, of all nodes; it costs nothing for the others.
    /// </summary>
    public IEnumerable<ScreenState> Active() =>
        connections.Connected.Concat(audiences.Watched).Concat(_others.Where(o => o.Value.State is not null).Select(o => o.Key)).Distinct()
            .Select(screens.Find).OfType<ScreenEntry>().Select(Find);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _watching = connections.Changed.Add(screen =>
        {
            _changed[screen] = true;
            Changed.Tell(screen);
        });
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
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("Could not tell other nodes of screens, or hear of theirs ({Reason}); will retry", exception.Message);
            }
        }
    }

    internal async Task RunCycleAsync(CancellationToken cancellation)
    {
        var before = _peers;
        var peers = _peers = ownership.Peers;
        foreach (var gone in _others.Where(o => before.Contains(o.Value.Node) && !peers.Contains(o.Value.Node))) Changed.Tell(gone.Key);
        if (peers.Count == 0)
        {
            _changed.Clear();
            _told.Clear();
            return;
        }
        if (before.Count == 0) // they know nothing of this node's screens yet
        {
            foreach (var screen in connections.Connected) _changed[screen] = true;
        }
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await WriteAsync(connection, cancellation);
        await ReadAsync(connection, cancellation);
    }

    private async Task WriteAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var (node, changed) = (ownership.NodeId, _changed.Keys.ToList());
        foreach (var screen in changed) _changed.TryRemove(screen, out _); // before the look: what changes from now on is told again
        var own = changed.ToLookup(id => screens.Find(id) is { } screen && ownership.Find(screen.SiteId) is not null);
        var now = time.GetTimestamp();
        List<(Guid Id, ScreenState State)> mine = [];
        foreach (var id in own[true])
        {
            var state = Own(id);
            if (!_told.TryGetValue(id, out var told) || time.GetElapsedTime(told.At, now) >= Refresh || !LooksTheSame(told.State, state))
                mine.Add((id, state));
        }
        Guid[] gone = [.. own[false]];
        try
        {
            if (mine.Count > 0)
            {
                await connection.ExecuteAsync(
                    Write, [node, mine.ConvertAll(s => s.Id).ToArray(), mine.ConvertAll(s => JsonSerializer.Serialize(s.State)).ToArray()],
                    cancellation);
            }
            if (gone.Length > 0) await connection.ExecuteAsync(Withdraw, [node, gone], cancellation);
        }
        catch
        {
            foreach (var screen in changed) _changed[screen] = true;
            throw;
        }
        foreach (var (id, state) in mine) _told[id] = (state, now);
        foreach (var id in gone) _told.Remove(id);
    }

    // In all but when it was heard, and in figures that change with every beat.
    internal static bool LooksTheSame(ScreenState one, ScreenState other) =>
        (one.Connected, one.IsDisputed, one.Hints) == (other.Connected, other.IsDisputed, other.Hints)
        && one.Viewers.SequenceEqual(other.Viewers) && Facts(one.Beat) == Facts(other.Beat)
        && Sensors(one.Beat).SequenceEqual(Sensors(other.Beat)) && LeftOut(one.Beat).SequenceEqual(LeftOut(other.Beat));

    private static IReadOnlyList<Guid> LeftOut(Heartbeat? beat) => beat?.LeftOut ?? [];

    private static IEnumerable<(SensorKind, SensorState)> Sensors(Heartbeat? beat) =>
        (beat?.Sensors ?? []).Select(s => (s.Kind, s.State));

    private static (CameraState?, string?, Guid?, bool?, InferenceMode?, bool?, string?) Facts(Heartbeat? beat) => (
        beat?.Camera, beat?.Problem, beat?.Showing, beat?.PageRendering, beat?.Analysing, beat?.HasModels, beat?.PlayerVersion);

    private async Task ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var rows = await connection.QueryAsync(
            Read, [ownership.NodeId, _readUpTo - Overlap],
            r => (Screen: r.GetGuid(0), Node: r.GetGuid(1), Text: r.IsDBNull(2) ? null : r.GetString(2), At: r.GetDateTime(3)),
            cancellation);
        foreach (var row in rows)
        {
            if (_others.TryGetValue(row.Screen, out var known) && known.Node == row.Node && known.Text == row.Text) continue;
            _others[row.Screen] = (row.Node, row.Text, row.Text is null ? null : JsonSerializer.Deserialize<ScreenState>(row.Text));
            Changed.Tell(row.Screen);
        }
        if (rows.Count > 0) _readUpTo = rows.Max(r => r.At);
    }

    private ScreenState Own(Guid screenId)
    {
        var last = connections.LastBeat(screenId);
        return new ScreenState(
            connections.IsConnected(screenId), last?.Beat, last?.At,
            [.. (audiences.Find(screenId)?.Viewers ?? []).Select(v => v.Segments?.Top ?? Segment.Unknown)])
        {
            IsDisputed = seats.IsDisputed(screenId),
            Hints = last?.Beat is { Analysing: InferenceMode.Device } beat ? beat.Hints : frames.HintsOf(screenId) ?? default,
        };
    }
}
