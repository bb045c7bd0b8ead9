namespace FaceAd.Web.Cluster;

/// <summary>
/// Triggers that tell every node of what people change, by NOTIFY itself, at the commit of the change, whoever makes it. People change
/// things seldom enough for its instance-wide lock; what screens report goes by <see cref="News"/>. A statement that changes no row tells
/// nothing.
/// </summary>
static class NewsTriggers
{
    /// <summary>
    /// Payload, with identities of campaigns after it unless it may be any: these, their creatives, comments, approvals or change requests,
    /// or groups of buildings have changed.
    /// </summary>
    public const string Bookings = "bookings";

    /// <summary>Payload, with identities of users after it unless it may be any: they have new notifications, or have read some.</summary>
    public const string Inbox = "inbox";

    /// <summary>Payload: sites or screens have changed.</summary>
    public const string Screens = "screens";

    /// <summary>Payload, with the user's identity after it: sessions of this user have ended.</summary>
    public const string SessionsOf = "sessions ";

    // Up to 100 are named: PostgreSQL limits a payload to less than 8,000 bytes.
    private const string Functions = $$"""
        CREATE OR REPLACE FUNCTION tell_nodes() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            named text[] := '{}';
        BEGIN
            IF NOT EXISTS (SELECT FROM changed) THEN
                RETURN NULL;
            END IF;
            IF TG_NARGS > 1 THEN
                EXECUTE format('SELECT array_agg(DISTINCT COALESCE(%I::text, '''')) FROM changed', TG_ARGV[1]) INTO named;
            END IF;
            IF cardinality(named) > 100 OR '' = ANY (named) THEN
                named := '{}';
            END IF;
            PERFORM pg_notify('{{NewsNotifier.Channel}}', array_to_string(TG_ARGV[0] || named, ' '));
            RETURN NULL;
        END $$;
        CREATE OR REPLACE FUNCTION tell_nodes_of_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('{{NewsNotifier.Channel}}', '{{SessionsOf}}' || user_id) FROM (SELECT DISTINCT user_id FROM ended) AS users;
            RETURN NULL;
        END $$;
        CREATE OR REPLACE TRIGGER sessions_news AFTER DELETE ON sessions REFERENCING OLD TABLE AS ended
            FOR EACH STATEMENT EXECUTE FUNCTION tell_nodes_of_sessions();
        """;

    private static readonly string[] AnyChange = ["INSERT", "UPDATE", "DELETE"];

    private static readonly (string Table, string[] Changes, string Arguments)[] Told =
    [
        ("campaigns", AnyChange, $"'{Bookings}', 'id'"),
        ("creatives", AnyChange, $"'{Bookings}', 'campaign_id'"),
        ("campaign_comments", AnyChange, $"'{Bookings}', 'campaign_id'"),
        ("approvals", AnyChange, $"'{Bookings}', 'campaign_id'"),
        ("change_requests", AnyChange, $"'{Bookings}', 'campaign_id'"),
        ("site_groups", AnyChange, $"'{Bookings}'"),
        ("notifications", ["INSERT", "UPDATE"], $"'{Inbox}', 'user_id'"),
        ("directory_version", ["UPDATE"], $"'{Screens}'"),
    ];

    /// <summary>Creates them. Run by migrations; idempotent.</summary>
    public static string Create { get; } = Functions + string.Concat(Told.SelectMany(t => t.Changes.Select(change => $"""

        CREATE OR REPLACE TRIGGER {t.Table}_news_{change} AFTER {change} ON {t.Table}
            REFERENCING {(change == "DELETE" ? "OLD" : "NEW")} TABLE AS changed
            FOR EACH STATEMENT EXECUTE FUNCTION tell_nodes({t.Arguments});
        """)));

    /// <summary>Removes them.</summary>
    public const string Drop = """
        DROP FUNCTION tell_nodes() CASCADE;
        DROP FUNCTION tell_nodes_of_sessions() CASCADE;
        """;
}
