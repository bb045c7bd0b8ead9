namespace FaceAd.Web.Samples;

/// <summary>The statements that remove the sample data, in their order. They run in one transaction.</summary>
static class SampleRemoval
{
    /// <summary>
    /// Collects what goes. The media owner stays while somebody without a mark belongs to it; everything else of its sample data goes.
    /// </summary>
    public const string Collect = """
        CREATE TEMPORARY TABLE gone_sites ON COMMIT DROP AS SELECT id FROM sites WHERE id IN (SELECT id FROM sample_items);
        CREATE TEMPORARY TABLE gone_screens ON COMMIT DROP AS SELECT id FROM screens WHERE site_id IN (SELECT id FROM gone_sites);
        CREATE TEMPORARY TABLE gone_owners ON COMMIT DROP AS
            SELECT o.id FROM organisations o WHERE o.id IN (SELECT id FROM sample_items) AND (o.kind = 0 OR NOT EXISTS (
                SELECT 1 FROM users u WHERE u.organisation_id = o.id AND u.id NOT IN (SELECT id FROM sample_items)));
        CREATE TEMPORARY TABLE gone_users ON COMMIT DROP AS
            SELECT id, email FROM users WHERE id IN (SELECT id FROM sample_items) OR organisation_id IN (SELECT id FROM gone_owners);
        CREATE TEMPORARY TABLE gone_campaigns ON COMMIT DROP AS
            SELECT id FROM campaigns WHERE organisation_id IN (SELECT id FROM gone_owners);
        CREATE TEMPORARY TABLE gone_creatives ON COMMIT DROP AS
            SELECT id FROM creatives
            WHERE organisation_id IN (SELECT id FROM gone_owners) OR line_id IN (SELECT id FROM sample_items);
        CREATE TEMPORARY TABLE gone_persons ON COMMIT DROP AS SELECT id FROM persons WHERE site_id IN (SELECT id FROM gone_sites);
        """;

    /// <summary>
    /// Keeps other writers away, in the order in which they lock: those of people, then those of exposures, at every site where something
    /// goes; then whoever writes for the screens, which have gone when it is their turn.
    /// </summary>
    public static readonly string[] Lock =
    [
        $"SELECT pg_advisory_xact_lock(hashtextextended('facead.audiences.' || id, 0)) FROM ({Sites}) AS s",
        $"SELECT pg_advisory_xact_lock(hashtextextended('facead.exposures.' || id, 0)) FROM ({Sites}) AS s",
        "SELECT 1 FROM screens WHERE id IN (SELECT id FROM gone_screens) ORDER BY id FOR UPDATE",
    ];

    private const string Sites = """
        SELECT id FROM (SELECT id FROM gone_sites UNION SELECT c.site_id FROM play_days p JOIN screens c ON c.id = p.screen_id
            WHERE p.campaign_id IN (SELECT id FROM gone_campaigns)) AS places ORDER BY id
        """;

    private const string Screens = "screen_id IN (SELECT id FROM gone_screens)";
    private const string Campaigns = "campaign_id IN (SELECT id FROM gone_campaigns)";
    private const string Creatives = "creative_id IN (SELECT id FROM gone_creatives)";
    private const string Places = "site_id IN (SELECT id FROM gone_sites)";

    /// <summary>Deletes it, what refers to something before that.</summary>
    public static readonly string[] Delete =
    [
        $"DELETE FROM exposures WHERE {Screens} OR {Campaigns}",
        $"DELETE FROM exposure_days WHERE {Screens} OR {Campaigns}",
        $"DELETE FROM exposure_hours WHERE {Campaigns}",
        $"DELETE FROM campaign_days WHERE {Campaigns}",
        $"DELETE FROM exposure_minutes WHERE {Campaigns}",
        $"DELETE FROM person_days WHERE {Screens} OR {Campaigns} OR person_id IN (SELECT id FROM gone_persons)",
        $"DELETE FROM visits WHERE {Screens} OR person_id IN (SELECT id FROM gone_persons)",
        $"DELETE FROM reach_days WHERE {Campaigns}",
        $"DELETE FROM reach_counts WHERE {Campaigns}",
        .. Subtract("reach_days", "campaign_id, epoch, segment, day, previous_day"),
        .. Subtract("reach_counts", "campaign_id, epoch, segment, times"),
        .. Subtract("universe_days", "epoch, segment, day, previous_day"),
        $"DELETE FROM screen_hours WHERE {Screens}",
        $"DELETE FROM screen_states WHERE {Screens}",
        $"DELETE FROM play_seals WHERE key_id IN (SELECT id FROM screen_keys WHERE {Screens})",
        $"DELETE FROM screen_keys WHERE {Screens}",
        $"DELETE FROM plays WHERE {Screens} OR {Creatives}",
        $"DELETE FROM play_days WHERE {Screens} OR {Campaigns}",
        $"DELETE FROM play_hours WHERE {Campaigns}",
        $"DELETE FROM play_minutes WHERE {Campaigns}",
        $"DELETE FROM creative_totals WHERE {Creatives}",
        $"DELETE FROM disputed_plays WHERE {Screens} OR {Creatives}",
        $"DELETE FROM disputed_play_days WHERE {Screens}",
        $"DELETE FROM slot_hours WHERE {Places}",
        $"DELETE FROM visit_counts WHERE {Places}",
        $"DELETE FROM decisions WHERE {Screens} OR {Campaigns} OR {Creatives}",
        $"DELETE FROM presences WHERE {Screens}",
        $"DELETE FROM audiences WHERE {Screens}",
        $"DELETE FROM persons WHERE {Places}",
        $"DELETE FROM epoch_keys WHERE {Places}",
        $"DELETE FROM erasure_records WHERE {Places}",
        $"DELETE FROM notifications WHERE {Screens} OR {Campaigns}",
        "DELETE FROM webhook_states WHERE subject_id IN (SELECT id FROM gone_screens UNION SELECT id FROM gone_campaigns)",
        "DELETE FROM mails WHERE lower(\"to\") IN (SELECT lower(email) FROM gone_users)",
        "DELETE FROM site_groups WHERE site_ids <@ ARRAY(SELECT id FROM gone_sites)",
        """
        UPDATE site_groups SET site_ids = ARRAY(SELECT id FROM unnest(site_ids) AS id WHERE id NOT IN (SELECT id FROM gone_sites))
        WHERE site_ids && ARRAY(SELECT id FROM gone_sites)
        """,
        "DELETE FROM screens WHERE id IN (SELECT id FROM gone_screens)",
        "DELETE FROM sites WHERE id IN (SELECT id FROM gone_sites)",
        "DELETE FROM campaigns WHERE id IN (SELECT id FROM gone_campaigns)",
        "DELETE FROM creatives WHERE id IN (SELECT id FROM gone_creatives)",
        "DELETE FROM users WHERE id IN (SELECT id FROM gone_users)",
        "UPDATE users SET first_steps_done_at = NULL WHERE organisation_id IN (SELECT id FROM sample_items)", // they begin anew
        "DELETE FROM organisations WHERE id IN (SELECT id FROM gone_owners)",
    ];

    // The rows of all sites together are the sums of those of each, also of epochs whose people are gone.
    private static string[] Subtract(string table, string keys) =>
    [
        $"""
        UPDATE {table} AS t SET persons = t.persons - gone.persons
        FROM (SELECT {keys}, sum(persons) AS persons FROM {table} WHERE {Places} GROUP BY {keys}) AS gone
        WHERE t.site_id = '{Guid.Empty}' AND ({Qualified("t", keys)}) = ({Qualified("gone", keys)})
        """,
        $"DELETE FROM {table} WHERE {Places} OR (site_id = '{Guid.Empty}' AND persons = 0)",
    ];

    private static string Qualified(string alias, string keys) => string.Join(", ", keys.Split(", ").Select(k => $"{alias}.{k}"));
}
