namespace FaceAd.Web.Cluster;

/// <summary>
/// Triggers that tell every node of what people change, by NOTIFY itself, at the commit of the change, whoever makes it. People change
/// things seldom enough for its instance-wide lock; what screens report goes by <see cref="News"/>.
/// </summary>
static class NewsTriggers
{
    /// <summary>Payload: campaigns, creatives, comments, approvals, change requests, groups or notifications have changed.</summary>
    public const string Bookings = "bookings";

    /// <summary>Payload: sites or screens have changed.</summary>
    public const string Screens = "screens";

    /// <summary>Payload, with the user's identity after it: sessions of this user have ended.</summary>
    public const string SessionsOf = "sessions ";

    /// <summary>Creates them. Run by a migration; idempotent.</summary>
    public const string Create = $"""
        CREATE OR REPLACE FUNCTION tell_nodes() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('{NewsNotifier.Channel}', TG_ARGV[0]);
            RETURN NULL;
        END $$;
        CREATE OR REPLACE FUNCTION tell_nodes_of_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('{NewsNotifier.Channel}', '{SessionsOf}' || user_id) FROM (SELECT DISTINCT user_id FROM ended) AS users;
            RETURN NULL;
        END $$;
        CREATE OR REPLACE TRIGGER sessions_news AFTER DELETE ON sessions REFERENCING OLD TABLE AS ended
            FOR EACH STATEMENT EXECUTE FUNCTION tell_nodes_of_sessions();
        CREATE OR REPLACE TRIGGER directory_news AFTER UPDATE ON directory_version
            FOR EACH STATEMENT EXECUTE FUNCTION tell_nodes('{Screens}');
        CREATE OR REPLACE TRIGGER campaigns_news AFTER INSERT OR UPDATE OR DELETE ON campaigns
            FOR EACH STATEMENT EXECUTE FUNCTION tell_nodes('{Bookings}');
        CREATE OR REPLACE TRIGGER creatives_news AFTER INSERT OR UPDATE OR DELETE ON creatives
            FOR EACH STATEMENT EXECUTE FUNCTION tell_nodes('{Bookings}');
        CREATE OR REPLACE TRIGGER comments_news AFTER INSERT OR UPDATE OR DELETE ON campaign_comments
            FOR EACH STATEMENT EXECUTE FUNCTION tell_nodes('{Bookings}');
        CREATE OR REPLACE TRIGGER approvals_news AFTER INSERT OR UPDATE OR DELETE ON approvals
            FOR EACH STATEMENT EXECUTE FUNCTION tell_nodes('{Bookings}');
        CREATE OR REPLACE TRIGGER groups_news AFTER INSERT OR UPDATE OR DELETE ON site_groups
            FOR EACH STATEMENT EXECUTE FUNCTION tell_nodes('{Bookings}');
        CREATE OR REPLACE TRIGGER change_requests_news AFTER INSERT OR UPDATE OR DELETE ON change_requests
            FOR EACH STATEMENT EXECUTE FUNCTION tell_nodes('{Bookings}');
        CREATE OR REPLACE TRIGGER notifications_news AFTER INSERT ON notifications
            FOR EACH STATEMENT EXECUTE FUNCTION tell_nodes('{Bookings}');
        """;

    /// <summary>Removes them.</summary>
    public const string Drop = """
        DROP FUNCTION tell_nodes() CASCADE;
        DROP FUNCTION tell_nodes_of_sessions() CASCADE;
        """;
}
