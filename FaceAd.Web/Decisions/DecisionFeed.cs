using System.Text.Json;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Decisions;

/// <summary>A decision with the names that people know things by.</summary>
/// <param name="Decision">What was decided, and why.</param>
/// <param name="ScreenName">The screen.</param>
/// <param name="SiteName">Its building.</param>
/// <param name="CampaignName">The campaign chosen; null for the house loop, or when the campaign is gone.</param>
sealed record DecisionShown(Decision Decision, string ScreenName, string SiteName, string? CampaignName)
{
    /// <summary>Names of the losers that are known.</summary>
    public IReadOnlyDictionary<Guid, string> Losers { get; init; } = new Dictionary<Guid, string>();
}

/// <summary>
/// The newest decisions of all screens, in memory, and news of them at most twice a second. However many pages look,
/// the database is asked once at the start, and once for each campaign whose name is not known yet. Those of other nodes are read from
/// their rows, once a second while a page looks.
/// </summary>
sealed class DecisionFeed(
    DecisionEngine engine, ScreenDirectory screens, SiteOwnership ownership, IDbContextFactory<FaceAdDbContext> contexts,
    NpgsqlDataSource database, TimeProvider time, ILogger<DecisionFeed> log) : BackgroundService
{
    /// <summary>Decisions kept.</summary>
    public const int Kept = 50;

    // Rows come after the decision, and carry the clock of the node that took it.
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Throttle = TimeSpan.FromMilliseconds(500);
    private readonly Lock _lock = new();
    private readonly LinkedList<Decision> _decisions = []; // newest first; guarded by _lock
    private readonly Dictionary<Guid, string> _campaigns = []; // used by the worker alone
    private volatile IReadOnlyList<DecisionShown> _latest = [];
    private readonly Subscribers<ValueTuple> _changed = new("newest decisions", log);
    private IDisposable? _watching;
    private int _fresh = 1;
    private DateTimeOffset _readAt;

    /// <summary>The newest decisions, newest first, at most <see cref="Kept"/>.</summary>
    public IReadOnlyList<DecisionShown> Latest => _latest;

    /// <summary>Calls back after <see cref="Latest"/> has changed, at most twice a second, on a pool thread. Dispose to end.</summary>
    /// <param name="changed">Called after changes.</param>
    public IDisposable Subscribe(Action changed) => _changed.Add(_ => changed());

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _watching = engine.Made.Add(made => Add(made.Decision));
        await ReadRowsAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _watching?.Dispose();
        return base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Throttle, time);
        do
        {
            try
            {
                await RunCycleAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Volatile.Write(ref _fresh, 1);
                log.LogWarning("Decisions could not be shown ({Reason}); will retry", exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    internal async Task RunCycleAsync(CancellationToken cancellation)
    {
        if (ownership.Peers.Count > 0 && _changed.Any && time.GetUtcNow() - _readAt >= AskAgain) await ReadRowsAsync(cancellation);
        if (Interlocked.Exchange(ref _fresh, 0) == 0) return;
        List<Decision> decisions;
        lock (_lock) decisions = [.. _decisions];
        var unknown = decisions.SelectMany(CampaignsOf).Distinct().Where(id => !_campaigns.ContainsKey(id)).ToArray();
        if (unknown.Length > 0)
        {
            await using var db = await contexts.CreateDbContextAsync(cancellation);
            foreach (var campaign in await db.Campaigns.Where(c => unknown.Contains(c.Id)).Select(c => new { c.Id, c.Name })
                .ToListAsync(cancellation))
                _campaigns[campaign.Id] = campaign.Name;
        }
        _latest = [.. decisions.Select(d =>
        {
            var screen = screens.Find(d.ScreenId);
            return new DecisionShown(d, screen?.Name ?? "", screen?.SiteName ?? "", d.CampaignId is { } id
                ? _campaigns.GetValueOrDefault(id) : null)
            {
                Losers = (d.Losers ?? []).Where(l => _campaigns.ContainsKey(l.Id)).ToDictionary(l => l.Id, l => _campaigns[l.Id]),
            };
        })];
        _changed.Tell(default);
    }

    private static IEnumerable<Guid> CampaignsOf(Decision decision) =>
        (decision.Losers ?? []).Select(l => l.Id).Concat(decision.CampaignId is { } id ? [id] : []);

    /// <summary>Adds a decision at its place in time. On the thread of the decision: a decision waits for nobody.</summary>
    public void Add(Decision decision)
    {
        lock (_lock)
        {
            var later = _decisions.First;
            while (later is not null && later.Value.At > decision.At) later = later.Next;
            if (later is null) _decisions.AddLast(decision);
            else _decisions.AddBefore(later, decision);
            if (_decisions.Count > Kept) _decisions.RemoveLast();
        }
        Volatile.Write(ref _fresh, 1);
    }

    // The newest of each screen by its index, then the newest of these: no scan, however long the history is. After the first reading
    // only of screens that were heard since: for the others there are no decisions.
    private async Task ReadRowsAsync(CancellationToken cancellation)
    {
        var (since, now) = (_readAt == default ? default : _readAt - Late, time.GetUtcNow());
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync("""
            SELECT d.id, d.screen_id, d.at, d.trigger, d.audience_id, d.viewers, d.dominant, d.reason, d.campaign_id, d.creative_id,
                   d.cost_per_impression_krw, d.candidates, d.score_krw, d.losers::text
            FROM screens s CROSS JOIN LATERAL
                (SELECT * FROM decisions x WHERE x.screen_id = s.id AND x.at > $2 ORDER BY x.at DESC LIMIT $1) d
            WHERE $3 OR s.last_seen_at > $2
            ORDER BY d.at DESC LIMIT $1
            """, [Kept, since, since == default], Read, cancellation);
        _readAt = now;
        lock (_lock)
        {
            var known = _decisions.Select(d => d.Id).ToHashSet();
            rows.RemoveAll(r => known.Contains(r.Id));
            if (rows.Count == 0) return;
            List<Decision> newest = [.. _decisions.Concat(rows).OrderByDescending(d => d.At).Take(Kept)];
            _decisions.Clear();
            foreach (var decision in newest) _decisions.AddLast(decision);
        }
        Volatile.Write(ref _fresh, 1);
    }

    private static Decision Read(NpgsqlDataReader row)
    {
        Guid? Maybe(int column) => row.IsDBNull(column) ? null : row.GetGuid(column);
        return new Decision
        {
            Id = row.GetGuid(0),
            ScreenId = row.GetGuid(1),
            At = row.GetFieldValue<DateTimeOffset>(2),
            Trigger = (DecisionTrigger)row.GetInt32(3),
            AudienceId = Maybe(4),
            Viewers = row.GetInt32(5),
            Dominant = (Segment)row.GetInt32(6),
            Reason = (DecisionReason)row.GetInt32(7),
            CampaignId = Maybe(8),
            CreativeId = Maybe(9),
            CostPerImpressionKrw = row.IsDBNull(10) ? null : row.GetDouble(10),
            Candidates = row.GetInt32(11),
            ScoreKrw = row.IsDBNull(12) ? null : row.GetDouble(12),
            Losers = row.IsDBNull(13) ? null : JsonSerializer.Deserialize<DecisionLoser[]>(row.GetString(13)),
        };
    }
}
