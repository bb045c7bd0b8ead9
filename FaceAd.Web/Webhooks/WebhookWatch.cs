using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Notifications;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Webhooks;

/// <summary>
/// Detects that a campaign or a screen has changed state, and writes the resulting events and notifications together with the reported
/// state in one transaction, so that no change is reported twice or lost in a crash. One node at a time checks, every few seconds.
/// </summary>
sealed class WebhookWatch(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time, ILogger<WebhookWatch> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(3);
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
            FROM campaigns c LEFT JOIN unnest($5::uuid[], $6::text[]) AS r (id, state) ON r.id = c.id WHERE c.deleted_at IS NULL
            UNION ALL
            SELECT s.id, NULL, s.name, CASE WHEN s.last_seen_at < $7 THEN 'silent' ELSE 'online' END, 'screen'
            FROM screens s WHERE s.last_seen_at IS NOT NULL AND s.revoked_at IS NULL
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
            'id', d.id, 'type', d.event, 'at', $8, d.kind, jsonb_build_object('id', d.subject, 'name', d.name, 'state', d.state)), $8, 0, $8
        FROM (
            SELECT uuidv7() AS id, w.id AS webhook_id, c.kind || '.' || c.state AS event, c.kind, c.id AS subject, c.name, c.state
            FROM changed c JOIN webhooks w ON c.kind || '.' || c.state = ANY (w.events)
            JOIN organisations o ON o.id = w.organisation_id AND (o.kind = $9 OR w.organisation_id = c.organisation_id)) AS d
        """;

    private DateTimeOffset _sweptAt;

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

    /// <summary>Checks once.</summary>
    /// <returns>How many deliveries were written; null when another node was checking.</returns>
    internal async Task<int?> RunCycleAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var isMine = await connection.QueryAsync("SELECT pg_try_advisory_xact_lock(hashtextextended('facead.webhooks', 0))", [], r =>
            r.GetBoolean(0), cancellation);
        if (!isMine[0]) return null;
        // The westernmost site may still be in yesterday.
        var since = DateOnly.FromDateTime(now.UtcDateTime).AddDays(-1);
        var states = await CampaignStates.ReadAsync(db, now, since, cancellation);
        await using var command = new NpgsqlCommand(Changes, connection);
        foreach (var value in new object[]
        {
            since, (int)CampaignState.Draft, (int)CampaignState.Submitted, (int)CampaignState.Rejected,
                states.ConvertAll(s => s.Id).ToArray(),
            states.ConvertAll(s => s.State).ToArray(), now - Silent, now, (int)Accounts.OrganisationKind.MediaOwner,
            now + NotificationMailer.Settle, Noticed.Select(n => n.Event).ToArray(), Noticed.Select(n => (int)n.Kind).ToArray(),
            Noticed.Select(n => MailPreferences.AtFirst(n.Kind)).ToArray(),
        }) command.Parameters.Add(new NpgsqlParameter { Value = value });
        var written = await command.ExecuteNonQueryAsync(cancellation);
        if (now - _sweptAt > TimeSpan.FromHours(1))
        {
            await connection.ExecuteAsync("DELETE FROM webhook_deliveries WHERE created_at < $1", [now - Kept], cancellation);
            _sweptAt = now;
        }
        await transaction.CommitAsync(cancellation);
        return written;
    }
}
