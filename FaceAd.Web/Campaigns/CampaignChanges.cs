using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Campaigns;

/// <summary>
/// Which campaigns have changed since a reading: triggers note them, in the transaction of the change, whoever makes it. A note carries the
/// identity of its transaction, so that what commits late is found late, never lost. Notes live for one to two minutes.
/// </summary>
static class CampaignChanges
{
    /// <summary>Stands for the house loop among the changed campaigns.</summary>
    public static readonly Guid HouseLoop = Guid.Empty;

    /// <summary>Creates the table and its triggers. Run by a migration; idempotent.</summary>
    public const string Create = """
        CREATE TABLE IF NOT EXISTS campaign_changes (
            changed xid8 NOT NULL DEFAULT pg_current_xact_id(), campaign_id uuid NOT NULL, PRIMARY KEY (changed, campaign_id));
        CREATE OR REPLACE FUNCTION campaigns_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_TABLE_NAME = 'campaigns' THEN
                INSERT INTO campaign_changes (campaign_id) SELECT id FROM touched ON CONFLICT DO NOTHING;
            ELSIF TG_TABLE_NAME = 'creative_totals' THEN
                INSERT INTO campaign_changes (campaign_id) SELECT c.campaign_id FROM touched t JOIN creatives c ON c.id = t.creative_id
                    WHERE c.campaign_id IS NOT NULL ON CONFLICT DO NOTHING;
            ELSE
                INSERT INTO campaign_changes (campaign_id)
                    SELECT coalesce(campaign_id, '00000000-0000-0000-0000-000000000000') FROM touched ON CONFLICT DO NOTHING;
            END IF;
            RETURN NULL;
        END $$;
        DO $$
        DECLARE
            source text;
            event text;
        BEGIN
            FOREACH source IN ARRAY ARRAY['campaigns', 'creatives', 'campaign_totals', 'creative_totals', 'change_requests'] LOOP
                FOREACH event IN ARRAY ARRAY['INSERT', 'UPDATE', 'DELETE'] LOOP
                    EXECUTE format(
                        'CREATE OR REPLACE TRIGGER %s AFTER %s ON %s REFERENCING %s TABLE AS touched
                            FOR EACH STATEMENT EXECUTE FUNCTION campaigns_changed()',
                        source || '_noted_' || lower(event), event, source, CASE event WHEN 'DELETE' THEN 'OLD' ELSE 'NEW' END);
                END LOOP;
            END LOOP;
        END $$;
        """;

    // What this statement sees and the mark's did not: by the order in which transactions end, not that in which they begin. A mark that is
    // of another database (a standby took over, a backup was restored) or older than notes are sure to live tells nothing.
    private const string Read = """
        SELECT pg_current_snapshot()::text, now(), CASE
            WHEN now() - $2 BETWEEN interval '0' AND interval '30 seconds'
                AND pg_snapshot_xmin(pg_current_snapshot()) >= pg_snapshot_xmin($1::pg_snapshot)
            THEN ARRAY(SELECT DISTINCT campaign_id FROM campaign_changes
                WHERE changed >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot(changed, $1::pg_snapshot)) END
        """;

    // Notes from the future came with rows of another database.
    private const string Delete = """
        DELETE FROM campaign_changes WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM campaign_changes
            WHERE changed < pg_snapshot_xmin($1::pg_snapshot) OR changed >= pg_snapshot_xmax(pg_current_snapshot())
            FOR UPDATE SKIP LOCKED))
        """;

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Reads what has changed since a mark, and the mark that this leaves: it is older than any row that is read afterwards.
    /// </summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="since">The mark; null for none.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>The new mark, and the campaigns; null when that cannot be told and all are to be read.</returns>
    public static async Task<(ChangeMark Mark, HashSet<Guid>? Changed)> ReadAsync(
        NpgsqlConnection connection, ChangeMark? since, CancellationToken cancellation)
    {
        var rows = await connection.QueryAsync(
            Read, [since?.Snapshot ?? "1:1:", since?.At ?? DateTimeOffset.UnixEpoch],
            r => (new ChangeMark(r.GetString(0), r.GetFieldValue<DateTimeOffset>(1)),
                r.IsDBNull(2) ? null : r.GetFieldValue<Guid[]>(2).ToHashSet()),
            cancellation);
        return rows.Single();
    }

    /// <summary>Deletes notes that everybody has read by now: those before a mark that is older than a minute.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="before">A mark of old.</param>
    /// <param name="now">A new mark.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>The mark to delete before, next time.</returns>
    public static async Task<ChangeMark> DeleteAsync(
        NpgsqlConnection connection, ChangeMark before, ChangeMark now, CancellationToken cancellation)
    {
        if (now.At < before.At) return now; // the database's clock was set back
        if (now.At - before.At < Life) return before;
        await connection.ExecuteAsync(Delete, [before.Snapshot], cancellation);
        return now;
    }
}
