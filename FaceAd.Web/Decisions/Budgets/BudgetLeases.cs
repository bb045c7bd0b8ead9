using FaceAd.Core.Decisions.Pacing;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Decisions.Budgets;

/// <summary>
/// What this node may commit of campaigns' goals. Alone, as most are, it may commit whatever is left, and asks nobody. Several hold slices
/// of each goal (<see cref="BudgetLease"/>): once a second they give back what they do not need and take what they do, ahead of need, so
/// that no decision waits for the database. By its own clock a node trusts its slices for less long than others respect them.
/// </summary>
sealed class BudgetLeases(
    PacingKeeper pacing, SiteOwnership ownership, [ScreensPool] NpgsqlDataSource database, TimeProvider time, ILogger<BudgetLeases> log)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Trust = BudgetLeaseRows.Term * 2 / 3;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private volatile Standing? _standing; // null: nothing may be committed
    private Guid _stay; // of the loop alone, like all below
    private readonly HashSet<Guid> _over = []; // see BudgetLeaseRows.ExchangeAsync
    private volatile bool _tellsAll = true; // rows may be gone
    private DateOnly _toldAllOn;
    private string? _problem;

    private PacingBook Book => pacing.Book;

    /// <summary>Reserves what a play is expected to bring, see <see cref="PacingBook.TryCommit"/>. No I/O.</summary>
    public bool TryCommit(Guid decision, Guid campaign, double expected, DateTimeOffset now)
    {
        DropIfOver();
        return Book.TryCommit(decision, campaign, expected, now);
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        Book.Share(holds: false);
        try
        {
            await ownership.Entered.WaitAsync(FirstWait, time, cancellationToken);
            await RunCycleAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or NpgsqlException)
        {
            log.LogWarning("Budgets cannot be shared yet ({Reason}): campaigns with a goal wait", exception.Message);
        }
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_standing is not { IsAlone: false }) return; // what was under way is found in its decisions
        Drop();
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            SliceWish[] wishes = [.. Book.Wish(1, all: true).Select(w => w with { Least = w.Held, Wanted = w.Held })];
            await BudgetLeaseRows.ExchangeAsync(connection, _stay, [.. _over], wishes, all: true, cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            log.LogWarning("What this node held of budgets could not be given back ({Reason}); it expires", exception.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            timer.Period = _standing is null ? AskAgain : Period;
            try
            {
                await RunCycleAsync(stoppingToken);
                _problem = null;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                if (exception.Message != _problem)
                    log.LogWarning("Budgets could not be shared ({Reason}); this node goes on within what it holds", exception.Message);
                _problem = exception.Message;
            }
        }
    }

    /// <summary>Gives back and takes. While this node is alone, nothing.</summary>
    internal async Task RunCycleAsync(CancellationToken cancellation = default)
    {
        DropIfOver();
        if (ownership.NodeId != _stay)
        {
            if (_stay != default) _over.Add(_stay);
            (_stay, _tellsAll) = (ownership.NodeId, true);
        }
        var others = ownership.Peers.Count;
        if (_standing is { IsAlone: true } && others == 0) return;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        _tellsAll |= others == 0; // if the answer is lost
        if (others == 0 && await BudgetLeaseRows.BeAloneAsync(connection, _stay, cancellation))
        {
            await ResumeAsync(connection, cancellation);
            _over.Clear();
            Book.HoldAll();
            _standing = new Standing(_stay, null);
            return;
        }
        await ShareAsync(connection, others + 1, cancellation);
    }

    private async Task ShareAsync(NpgsqlConnection connection, int nodes, CancellationToken cancellation)
    {
        if (_standing is { IsAlone: true })
        {
            // Its row says so until the exchange: nobody takes anything before.
            (_standing, _tellsAll) = (_standing with { IsAlone = false }, true);
            Book.Share(holds: true);
        }
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var all = _tellsAll || today != _toldAllOn; // rows of campaigns that are over go then
        _tellsAll = false;
        List<Guid> deadAlone;
        try
        {
            var wishes = Book.Wish(nodes, all);
            var sentAt = time.GetTimestamp();
            (var held, deadAlone) = await BudgetLeaseRows.ExchangeAsync(connection, _stay, [.. _over], wishes, all, cancellation);
            if (held is null)
            {
                Drop();
                return;
            }
            Book.Grant(wishes, held);
            (_standing, _toldAllOn) = (new Standing(_stay, sentAt), today);
        }
        catch
        {
            _tellsAll |= all;
            throw;
        }
        _over.Clear();
        if (deadAlone.Count == 0) return;
        await ResumeAsync(connection, cancellation);
        _over.UnionWith(deadAlone);
        _tellsAll = true;
    }

    // What was pushed by another run of this program, or by a node that died, may be on screens now.
    private async Task ResumeAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var underWay = await connection.QueryAsync("""
            SELECT d.id, d.campaign_id, d.expected FROM screens s CROSS JOIN LATERAL
                (SELECT * FROM decisions x WHERE x.screen_id = s.id AND x.at > $1 ORDER BY x.at DESC LIMIT 1) d
            WHERE s.last_seen_at > $1 AND d.campaign_id IS NOT NULL AND d.expected > 0
                AND NOT EXISTS (SELECT FROM plays p WHERE p.decision_id = d.id AND NOT p.exposures_due)
                AND NOT EXISTS (SELECT FROM site_owners o JOIN nodes n ON n.id = o.node_id
                    WHERE o.site_id = s.site_id AND n.id <> $2 AND n.expires_at > clock_timestamp())
            """,
            [now - PacingBook.PatienceElsewhere, _stay],
            r => (Decision: r.GetGuid(0), Campaign: r.GetGuid(1), Expected: r.GetDouble(2)), cancellation);
        foreach (var play in underWay) Book.Resume(play.Decision, play.Campaign, play.Expected, now);
    }

    // Other nodes took this one for dead, or what it holds has expired, or is about to. (That no other node lives is asked with the site's
    // lease: see SiteOwnership.Find.)
    private void DropIfOver()
    {
        if (_standing is { } standing && (standing.Stay != ownership.NodeId
            || (standing.SentAt is { } sentAt && time.GetElapsedTime(sentAt) >= Trust))) Drop();
    }

    private void Drop()
    {
        lock (_lock)
        {
            _tellsAll = true;
            if (_standing is null) return;
            Book.Share(holds: false);
            _standing = null;
        }
    }

    /// <summary>By what this node commits.</summary>
    /// <param name="Stay">During which stay.</param>
    /// <param name="SentAt">When the last exchange was sent, a timestamp; null before the first one.</param>
    private sealed record Standing(Guid Stay, long? SentAt)
    {
        /// <summary>Whether it holds everything.</summary>
        public bool IsAlone { get; init; } = SentAt is null;
    }
}
