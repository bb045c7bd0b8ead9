using System.Collections.Concurrent;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Requests;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using FaceAd.Web.Notifications;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Webhooks;

/// <summary>
/// Detects that a campaign, one of its change requests or a screen has changed state, and writes the resulting events and notifications
/// together with the reported state in one transaction, so that no change is reported twice or lost in a crash. One node at a time checks,
/// every few seconds: the campaigns noted since it checked last (<see cref="CampaignChanges"/>), the screens of which news says that they
/// are back, and those not heard for so long that they may be silent. It looks at all of them at the start, after a failure, when a day
/// begins somewhere, when people have changed sites or screens, and every five minutes in case news was lost.
/// </summary>
sealed class WebhookWatch(
    IDbContextFactory<FaceAdDbContext> contexts, NewsListener news, TimeProvider time, ILogger<WebhookWatch> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LookAtAll = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Silent = TimeSpan.FromMinutes(2);
    private static readonly (string Event, NotificationKind Kind)[] Noticed =
        [("campaign.ended", NotificationKind.CampaignEnded), ("campaign.budget-spent", NotificationKind.BudgetSpent),
            ("screen.silent", NotificationKind.ScreenSilent)];

    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private const string Changes = """
        WITH now AS (
            SELECT c.id, c.organisation_id, c.name, CASE
                WHEN c.state = $2 THEN 'draft' WHEN c.state = $3 THEN 'submitted' WHEN c.state = $4 THEN 'rejected'
                WHEN c.ends_on < $1 THEN 'ended' ELSE r.state END AS state, 'campaign' AS kind
            FROM campaigns c LEFT JOIN unnest($5::uuid[], $6::text[]) AS r (id, state) ON r.id = c.id
            WHERE c.deleted_at IS NULL AND ($14::uuid[] IS NULL OR c.id = ANY ($14))
            UNION ALL
            SELECT s.id, NULL, s.name, CASE WHEN s.last_seen_at < $7 THEN 'silent' ELSE 'online' END, 'screen'
            FROM screens s WHERE s.last_seen_at IS NOT NULL AND s.revoked_at IS NULL AND ($15::uuid[] IS NULL OR s.id = ANY ($15))
            UNION ALL
            -- Of a request that was decided long ago all is told.
            SELECT r.id, c.organisation_id, c.name, ($16::text[])[r.state + 1], 'change-request'
            FROM change_requests r JOIN campaigns c ON c.id = r.campaign_id
            WHERE c.deleted_at IS NULL AND r.changed_at >= $17 AND ($14::uuid[] IS NULL OR r.campaign_id = ANY ($14))
        ), changed AS (
            -- A campaign that was approved after its state was read has none yet: the next look tells.
            SELECT n.*, s.state AS before FROM now n LEFT JOIN webhook_states s ON s.subject_id = n.id
                WHERE n.state <> COALESCE(s.state, '')
        ), told AS (
            INSERT INTO webhook_states (subject_id, state) SELECT id, state FROM changed
            ON CONFLICT (subject_id) DO UPDATE SET state = excluded.state
        ), noticed AS (
            -- People are told of what nobody did; of what was like that when it was first looked at, they are not.
            INSERT INTO notifications (id, user_id, kind, campaign_id, screen_id, subject, detail, created_at, mail_due_at)
            SELECT uuidv7(), u.id, k.kind, CASE c.kind WHEN 'campaign' THEN c.id END, CASE c.kind WHEN 'screen' THEN c.id END, c.name,
                (SELECT t.name FROM screens s JOIN sites t ON t.id = s.site_id WHERE s.id = c.id), $8,
                CASE WHEN COALESCE(m.is_on, k.at_first) THEN $10::timestamptz END
            FROM changed c JOIN unnest($11::text[], $12::int[], $13::bool[]) AS k (event, kind, at_first)
                ON k.event = c.kind || '.' || c.state
            JOIN organisations o ON o.id = c.organisation_id OR (c.organisation_id IS NULL AND o.kind = $9)
            JOIN users u ON u.organisation_id = o.id LEFT JOIN mail_switches m ON m.user_id = u.id AND m.kind = k.kind
            WHERE c.before IS NOT NULL
        )
        INSERT INTO webhook_deliveries (id, webhook_id, event, payload, created_at, tries, next_try_at)
        SELECT d.id, d.webhook_id, d.event, jsonb_build_object(
            'id', d.id, 'type', d.event, 'at', $8, replace(d.kind, '-r', 'R'),
            jsonb_build_object('id', d.subject, 'name', d.name, 'state', d.state)
                || COALESCE((SELECT jsonb_build_object('campaignId', campaign_id) FROM change_requests WHERE id = d.subject), '{}')),
            $8, 0, $8
        FROM (
            SELECT uuidv7() AS id, w.id AS webhook_id, c.kind || '.' || c.state AS event, c.kind, c.id AS subject, c.name, c.state
            FROM changed c JOIN webhooks w ON c.kind || '.' || c.state = ANY (w.events)
            JOIN organisations o ON o.id = w.organisation_id AND (o.kind = $9 OR w.organisation_id = c.organisation_id)) AS d
        """;

    private const string FindOnline = """
        SELECT id, last_seen_at FROM screens
        WHERE last_seen_at >= $1 AND revoked_at IS NULL AND ($2::uuid[] IS NULL OR id = ANY ($2))
        """;

    private readonly ConcurrentDictionary<Guid, bool> _back = new();
    private readonly PriorityQueue<Guid, DateTimeOffset> _silentFrom = new(); // screens online; they may have been heard since
    private int _doubt = 1; // 1: news may have been lost, or says that anything may have changed
    private ChangeMark? _mark; // null: unknown changes
    private SiteZones? _zones;
    private DateOnly[] _days = [];
    private long _lookedAtAll;
    private DateTimeOffset _sweptAt;
    private IDisposable? _hearing;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _hearing = news.Heard.Add(Hear);
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _hearing?.Dispose();
        return base.StopAsync(cancellationToken);
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
            catch (Exception exception) when (exception is not OperationCanceledException) // EF Core wraps an outage
            {
                log.LogWarning("Could not write webhook events ({Reason}); will retry", exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    internal void Hear(NewsHeard heard)
    {
        foreach (var screen in heard.Back) _back[screen] = true;
        if (heard.Screens) Interlocked.Exchange(ref _doubt, 1);
    }

    /// <summary>Checks once.</summary>
    /// <returns>
    /// How many campaigns and screens were looked at, null for all, and how many deliveries were written; null when another node was
    /// checking.
    /// </returns>
    internal async Task<(int? Looked, int Written)?> RunCycleAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var isMine = await connection.QueryAsync("SELECT pg_try_advisory_xact_lock(hashtextextended('facead.webhooks', 0))", [], r =>
            r.GetBoolean(0), cancellation);
        if (!isMine[0]) return null;
        var since = _mark;
        _mark = null; // after a failure everything is looked at
        var (mark, campaigns, screens) = await FindAsync(db, connection, since, now, cancellation);
        var written = campaigns is [] && screens is [] ? 0 : await WriteAsync(db, connection, campaigns, screens, now, cancellation);
        if (now - _sweptAt > TimeSpan.FromHours(1))
        {
            await connection.ExecuteAsync("DELETE FROM webhook_deliveries WHERE created_at < $1", [now - Kept], cancellation);
            _sweptAt = now;
        }
        await transaction.CommitAsync(cancellation);
        _mark = mark;
        return (campaigns?.Length + screens?.Length, written);
    }

    /// <summary>Finds what may have changed its state; null for everything.</summary>
    private async Task<(ChangeMark Mark, Guid[]? Campaigns, Guid[]? Screens)> FindAsync(
        FaceAdDbContext db, NpgsqlConnection connection, ChangeMark? since, DateTimeOffset now, CancellationToken cancellation)
    {
        // Taken before any row is read: what is heard from now on is for the next look.
        var doubt = Interlocked.Exchange(ref _doubt, 0) != 0;
        HashSet<Guid> screens = [.. _back.Keys];
        foreach (var screen in screens) _back.TryRemove(screen, out _);
        var (mark, changed) = await CampaignChanges.ReadAsync(connection, since, cancellation);
        if (changed is null || doubt || time.GetElapsedTime(_lookedAtAll) >= LookAtAll || !_zones!.DaysAt(now).SequenceEqual(_days))
        {
            _zones = await SiteZones.ReadAsync(db, cancellation);
            (_days, _lookedAtAll) = (_zones.DaysAt(now), time.GetTimestamp());
            _silentFrom.Clear();
            return (mark, null, null);
        }
        while (_silentFrom.TryPeek(out var screen, out var from) && from < now) screens.Add(_silentFrom.Dequeue());
        changed.Remove(CampaignChanges.HouseLoop);
        return (mark, [.. changed], [.. screens]);
    }

    /// <summary>Writes what has changed of these, or of everything, and remembers until when its screens are online.</summary>
    private async Task<int> WriteAsync(
        FaceAdDbContext db, NpgsqlConnection connection, Guid[]? campaigns, Guid[]? screens, DateTimeOffset now,
        CancellationToken cancellation)
    {
        // Before their states: one that comes back in between is told of by news.
        var online = await connection.QueryAsync(
            FindOnline, [now - Silent, screens], r => (Id: r.GetGuid(0), LastSeenAt: r.GetFieldValue<DateTimeOffset>(1)), cancellation);
        // A beat of the future was written before a clock was set back.
        foreach (var screen in online) _silentFrom.Enqueue(screen.Id, (screen.LastSeenAt < now ? screen.LastSeenAt : now) + Silent);
        // The westernmost site may still be in yesterday.
        var since = DateOnly.FromDateTime(now.UtcDateTime).AddDays(-1);
        var states = await CampaignStates.ReadAsync(db, _zones!, now, since, campaigns, cancellation);
        await using var command = new NpgsqlCommand(Changes, connection);
        foreach (var value in new object?[]
        {
            since, (int)CampaignState.Draft, (int)CampaignState.Submitted, (int)CampaignState.Rejected,
            states.ConvertAll(s => s.Id).ToArray(), states.ConvertAll(s => s.State).ToArray(), now - Silent, now,
            (int)Accounts.OrganisationKind.MediaOwner, now + NotificationMailer.Settle, Noticed.Select(n => n.Event).ToArray(),
            Noticed.Select(n => (int)n.Kind).ToArray(), Noticed.Select(n => MailPreferences.AtFirst(n.Kind)).ToArray(), campaigns, screens,
            Enum.GetNames<ChangeRequestState>().Select(s => s.ToLowerInvariant()).ToArray(), now - Kept,
        }) command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        return await command.ExecuteNonQueryAsync(cancellation);
    }
}
