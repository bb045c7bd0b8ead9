using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FaceAd.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class SiteDescriptions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<double>(
                name: "latitude",
                table: "sites",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "longitude",
                table: "sites",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "picture_sha256",
                table: "sites",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "campaign_days",
                columns: table => new
                {
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    impressions = table.Column<long>(type: "bigint", nullable: false),
                    on_target = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_campaign_days", x => new { x.campaign_id, x.day });
                });

            migrationBuilder.CreateTable(
                name: "slot_hours",
                columns: table => new
                {
                    site_id = table.Column<Guid>(type: "uuid", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    hour = table.Column<short>(type: "smallint", nullable: false),
                    slots = table.Column<long>(type: "bigint", nullable: false),
                    filled = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_slot_hours", x => new { x.site_id, x.day, x.hour });
                });

            migrationBuilder.AddCheckConstraint(
                name: "ck_sites_place",
                table: "sites",
                sql: "(latitude IS NULL) = (longitude IS NULL)");

            migrationBuilder.Sql("""
                INSERT INTO campaign_days (campaign_id, day, impressions, on_target)
                SELECT campaign_id, day, sum(impressions), sum(on_target) FROM exposure_hours GROUP BY campaign_id, day
                """);
            migrationBuilder.Sql("""
                INSERT INTO slot_hours (site_id, day, hour, slots, filled)
                SELECT c.site_id, (d.at AT TIME ZONE s.time_zone)::date, extract(hour FROM d.at AT TIME ZONE s.time_zone)::int, count(*), count(d.campaign_id)
                FROM decisions d JOIN screens c ON c.id = d.screen_id JOIN sites s ON s.id = c.site_id
                WHERE d.viewers > 0 AND d.reason <> 4
                GROUP BY 1, 2, 3
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "campaign_days");

            migrationBuilder.DropTable(
                name: "slot_hours");

            migrationBuilder.DropCheckConstraint(
                name: "ck_sites_place",
                table: "sites");

            migrationBuilder.DropColumn(
                name: "latitude",
                table: "sites");

            migrationBuilder.DropColumn(
                name: "longitude",
                table: "sites");

            migrationBuilder.DropColumn(
                name: "picture_sha256",
                table: "sites");
        }
    }
}
