using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FaceAd.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class Rollups : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<float[]>(
                name: "attention_at",
                table: "presences",
                type: "real[]",
                nullable: false,
                defaultValueSql: "'{}'");

            migrationBuilder.AddColumn<float[]>(
                name: "attention_seconds",
                table: "presences",
                type: "real[]",
                nullable: false,
                defaultValueSql: "'{}'");

            migrationBuilder.AddColumn<int>(
                name: "counted_attentive_ms",
                table: "presences",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "counted_present_ms",
                table: "presences",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "counted_segment",
                table: "presences",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "watched",
                table: "exposures",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "exposure_days",
                columns: table => new
                {
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    screen_id = table.Column<Guid>(type: "uuid", nullable: false),
                    creative_id = table.Column<Guid>(type: "uuid", nullable: false),
                    segment = table.Column<int>(type: "integer", nullable: false),
                    impressions = table.Column<long>(type: "bigint", nullable: false),
                    on_target = table.Column<long>(type: "bigint", nullable: false),
                    person_exposures = table.Column<long>(type: "bigint", nullable: false),
                    completed = table.Column<long>(type: "bigint", nullable: false),
                    watched = table.Column<long>(type: "bigint", nullable: false),
                    present_ms = table.Column<long>(type: "bigint", nullable: false),
                    attentive_ms = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_exposure_days", x => new { x.campaign_id, x.day, x.screen_id, x.creative_id, x.segment });
                });

            migrationBuilder.CreateTable(
                name: "exposure_hours",
                columns: table => new
                {
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    hour = table.Column<short>(type: "smallint", nullable: false),
                    segment = table.Column<int>(type: "integer", nullable: false),
                    reached = table.Column<long>(type: "bigint", nullable: false),
                    impressions = table.Column<long>(type: "bigint", nullable: false),
                    on_target = table.Column<long>(type: "bigint", nullable: false),
                    person_exposures = table.Column<long>(type: "bigint", nullable: false),
                    completed = table.Column<long>(type: "bigint", nullable: false),
                    watched = table.Column<long>(type: "bigint", nullable: false),
                    present_ms = table.Column<long>(type: "bigint", nullable: false),
                    attentive_ms = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_exposure_hours", x => new { x.campaign_id, x.day, x.hour, x.segment });
                });

            migrationBuilder.CreateTable(
                name: "exposure_minutes",
                columns: table => new
                {
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: false),
                    minute = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    impressions = table.Column<long>(type: "bigint", nullable: false),
                    reached = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_exposure_minutes", x => new { x.campaign_id, x.minute });
                });

            migrationBuilder.CreateTable(
                name: "person_days",
                columns: table => new
                {
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    screen_id = table.Column<Guid>(type: "uuid", nullable: false),
                    creative_id = table.Column<Guid>(type: "uuid", nullable: false),
                    person_id = table.Column<Guid>(type: "uuid", nullable: false),
                    segment = table.Column<int>(type: "integer", nullable: false),
                    exposures = table.Column<int>(type: "integer", nullable: false),
                    first_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_person_days", x => new { x.campaign_id, x.day, x.screen_id, x.creative_id, x.person_id });
                });

            migrationBuilder.CreateTable(
                name: "play_days",
                columns: table => new
                {
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    screen_id = table.Column<Guid>(type: "uuid", nullable: false),
                    creative_id = table.Column<Guid>(type: "uuid", nullable: false),
                    plays = table.Column<long>(type: "bigint", nullable: false),
                    measured = table.Column<long>(type: "bigint", nullable: false),
                    play_ms = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_play_days", x => new { x.campaign_id, x.day, x.screen_id, x.creative_id });
                });

            migrationBuilder.CreateTable(
                name: "play_hours",
                columns: table => new
                {
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    hour = table.Column<short>(type: "smallint", nullable: false),
                    plays = table.Column<long>(type: "bigint", nullable: false),
                    measured = table.Column<long>(type: "bigint", nullable: false),
                    play_ms = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_play_hours", x => new { x.campaign_id, x.day, x.hour });
                });

            migrationBuilder.CreateTable(
                name: "play_minutes",
                columns: table => new
                {
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: false),
                    minute = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    plays = table.Column<long>(type: "bigint", nullable: false),
                    measured = table.Column<long>(type: "bigint", nullable: false),
                    play_ms = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_play_minutes", x => new { x.campaign_id, x.minute });
                });

            migrationBuilder.CreateTable(
                name: "reach_counts",
                columns: table => new
                {
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: false),
                    epoch = table.Column<int>(type: "integer", nullable: false),
                    site_id = table.Column<Guid>(type: "uuid", nullable: false),
                    segment = table.Column<int>(type: "integer", nullable: false),
                    times = table.Column<short>(type: "smallint", nullable: false),
                    persons = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_reach_counts", x => new { x.campaign_id, x.epoch, x.site_id, x.segment, x.times });
                });

            migrationBuilder.CreateTable(
                name: "reach_days",
                columns: table => new
                {
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: false),
                    epoch = table.Column<int>(type: "integer", nullable: false),
                    site_id = table.Column<Guid>(type: "uuid", nullable: false),
                    segment = table.Column<int>(type: "integer", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    previous_day = table.Column<DateOnly>(type: "date", nullable: false),
                    persons = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_reach_days", x => new { x.campaign_id, x.epoch, x.site_id, x.segment, x.day, x.previous_day });
                });

            migrationBuilder.CreateTable(
                name: "screen_hours",
                columns: table => new
                {
                    screen_id = table.Column<Guid>(type: "uuid", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    hour = table.Column<short>(type: "smallint", nullable: false),
                    segment = table.Column<int>(type: "integer", nullable: false),
                    stays = table.Column<long>(type: "bigint", nullable: false),
                    watchers = table.Column<long>(type: "bigint", nullable: false),
                    present_ms = table.Column<long>(type: "bigint", nullable: false),
                    attentive_ms = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_screen_hours", x => new { x.screen_id, x.day, x.hour, x.segment });
                });

            migrationBuilder.CreateTable(
                name: "universe_days",
                columns: table => new
                {
                    site_id = table.Column<Guid>(type: "uuid", nullable: false),
                    epoch = table.Column<int>(type: "integer", nullable: false),
                    segment = table.Column<int>(type: "integer", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    previous_day = table.Column<DateOnly>(type: "date", nullable: false),
                    persons = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_universe_days", x => new { x.site_id, x.epoch, x.segment, x.day, x.previous_day });
                });

            migrationBuilder.CreateTable(
                name: "visits",
                columns: table => new
                {
                    person_id = table.Column<Guid>(type: "uuid", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    screen_id = table.Column<Guid>(type: "uuid", nullable: false),
                    segment = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_visits", x => new { x.person_id, x.day, x.screen_id });
                });

            migrationBuilder.CreateIndex(
                name: "ix_person_days_person_id",
                table: "person_days",
                column: "person_id");

            migrationBuilder.CreateIndex(
                name: "ix_visits_screen_id_day",
                table: "visits",
                columns: new[] { "screen_id", "day" });

            RollupBackfill.Run(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "exposure_days");

            migrationBuilder.DropTable(
                name: "exposure_hours");

            migrationBuilder.DropTable(
                name: "exposure_minutes");

            migrationBuilder.DropTable(
                name: "person_days");

            migrationBuilder.DropTable(
                name: "play_days");

            migrationBuilder.DropTable(
                name: "play_hours");

            migrationBuilder.DropTable(
                name: "play_minutes");

            migrationBuilder.DropTable(
                name: "reach_counts");

            migrationBuilder.DropTable(
                name: "reach_days");

            migrationBuilder.DropTable(
                name: "screen_hours");

            migrationBuilder.DropTable(
                name: "universe_days");

            migrationBuilder.DropTable(
                name: "visits");

            migrationBuilder.DropColumn(
                name: "attention_at",
                table: "presences");

            migrationBuilder.DropColumn(
                name: "attention_seconds",
                table: "presences");

            migrationBuilder.DropColumn(
                name: "counted_attentive_ms",
                table: "presences");

            migrationBuilder.DropColumn(
                name: "counted_present_ms",
                table: "presences");

            migrationBuilder.DropColumn(
                name: "counted_segment",
                table: "presences");

            migrationBuilder.DropColumn(
                name: "watched",
                table: "exposures");
        }
    }
}
