using Microsoft.EntityFrameworkCore.Migrations;

namespace FaceAd.Web.Data.Migrations;

/// <summary>
/// Fills the rollups of an installation that has run without them: sums of plays at once; exposures, and all that follows from them, by
/// marking every play and stay due, so that the usual worker computes them anew from the raw facts.
/// </summary>
static class RollupBackfill
{
    public static void Run(MigrationBuilder migration)
    {
        const string sums = "count(*), count(*) FILTER (WHERE p.measured), sum(floor(extract(epoch FROM p.ended_at - p.started_at) * 1000))::bigint FROM plays p";
        migration.Sql($"INSERT INTO play_days SELECT p.campaign_id, p.day, p.screen_id, p.creative_id, {sums} WHERE p.campaign_id IS NOT NULL GROUP BY 1, 2, 3, 4".Columns("play_days", "campaign_id, day, screen_id, creative_id"));
        migration.Sql($"""
            INSERT INTO play_hours SELECT p.campaign_id, p.day, extract(hour FROM p.started_at AT TIME ZONE s.time_zone)::smallint, {sums}
            JOIN screens c ON c.id = p.screen_id JOIN sites s ON s.id = c.site_id WHERE p.campaign_id IS NOT NULL GROUP BY 1, 2, 3
            """.Columns("play_hours", "campaign_id, day, hour"));
        migration.Sql($"INSERT INTO play_minutes SELECT p.campaign_id, date_trunc('minute', p.started_at), {sums} WHERE p.campaign_id IS NOT NULL GROUP BY 1, 2".Columns("play_minutes", "campaign_id, minute"));
        migration.Sql("DELETE FROM exposures");
        migration.Sql("UPDATE campaign_totals SET impressions = 0, target_impressions = 0");
        migration.Sql("UPDATE plays SET exposures_due = true WHERE campaign_id IS NOT NULL");
        migration.Sql("UPDATE presences SET exposures_due = true");
    }

    private static string Columns(this string insert, string table, string key) =>
        insert.Replace($"INSERT INTO {table} ", $"INSERT INTO {table} ({key}, plays, measured, play_ms) ", StringComparison.Ordinal);
}
