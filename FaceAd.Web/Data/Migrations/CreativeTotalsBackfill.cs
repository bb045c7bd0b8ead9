using Microsoft.EntityFrameworkCore.Migrations;

namespace FaceAd.Web.Data.Migrations;

/// <summary>Fills the plays of creatives of an installation that has run without them. Called at the end of the migration that makes their table.</summary>
static class CreativeTotalsBackfill
{
    public static void Run(MigrationBuilder migration) =>
        migration.Sql("INSERT INTO creative_totals (creative_id, plays) SELECT creative_id, sum(plays)::bigint FROM play_days GROUP BY 1");
}
