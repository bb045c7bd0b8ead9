using System;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FaceAd.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class LeasesAndDisputes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "measured_until",
                table: "sites",
                type: "timestamp with time zone",
                nullable: true);

            // What players of a site that has stopped measuring still hold was measured.
            migrationBuilder.Sql("""
                UPDATE sites t SET measured_until = now() WHERE NOT measurement
                    AND EXISTS (SELECT 1 FROM screens s JOIN audiences a ON a.screen_id = s.id WHERE s.site_id = t.id)
                """);

            migrationBuilder.AlterColumn<Guid>(
                name: "node_id",
                table: "site_owners",
                type: "uuid",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "uuid");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "expires_at",
                table: "nodes",
                type: "timestamp with time zone",
                nullable: false,
                defaultValueSql: "now()");

            migrationBuilder.CreateTable(
                name: "decision_keys",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    protected_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_decision_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "disputed_play_days",
                columns: table => new
                {
                    screen_id = table.Column<Guid>(type: "uuid", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    reason = table.Column<int>(type: "integer", nullable: false),
                    plays = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_disputed_play_days", x => new { x.screen_id, x.day, x.reason });
                    table.ForeignKey(
                        name: "fk_disputed_play_days_screens_screen_id",
                        column: x => x.screen_id,
                        principalTable: "screens",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "disputed_plays",
                columns: table => new
                {
                    screen_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    reason = table.Column<int>(type: "integer", nullable: false),
                    decision_id = table.Column<Guid>(type: "uuid", nullable: true),
                    creative_id = table.Column<Guid>(type: "uuid", nullable: false),
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: true),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    end = table.Column<int>(type: "integer", nullable: false),
                    measured = table.Column<bool>(type: "boolean", nullable: false),
                    frames_presented = table.Column<int>(type: "integer", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_disputed_plays", x => new { x.screen_id, x.id });
                    table.ForeignKey(
                        name: "fk_disputed_plays_screens_screen_id",
                        column: x => x.screen_id,
                        principalTable: "screens",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.Sql(DirectoryVersion.Create);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                DROP TRIGGER screens_directory_changed ON screens;
                DROP TRIGGER sites_directory_changed ON sites;
                DROP FUNCTION directory_changed();
                DROP TABLE directory_version;
                """);

            migrationBuilder.DropTable(
                name: "decision_keys");

            migrationBuilder.DropTable(
                name: "disputed_play_days");

            migrationBuilder.DropTable(
                name: "disputed_plays");

            migrationBuilder.DropColumn(
                name: "measured_until",
                table: "sites");

            migrationBuilder.DropColumn(
                name: "expires_at",
                table: "nodes");

            migrationBuilder.AlterColumn<Guid>(
                name: "node_id",
                table: "site_owners",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"),
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true);
        }
    }
}
