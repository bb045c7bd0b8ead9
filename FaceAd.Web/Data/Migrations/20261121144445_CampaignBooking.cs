using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FaceAd.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class CampaignBooking : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_campaigns_organisation_id",
                table: "campaigns");

            migrationBuilder.DropIndex(
                name: "ix_campaigns_state",
                table: "campaigns");

            migrationBuilder.AddColumn<int>(
                name: "weight",
                table: "creatives",
                type: "integer",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<int>(
                name: "days",
                table: "campaigns",
                type: "integer",
                nullable: false,
                defaultValue: 127);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "deleted_at",
                table: "campaigns",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid[]>(
                name: "group_ids",
                table: "campaigns",
                type: "uuid[]",
                nullable: false,
                defaultValueSql: "'{}'::uuid[]");

            migrationBuilder.AddColumn<int>(
                name: "hours",
                table: "campaigns",
                type: "integer",
                nullable: false,
                defaultValue: 16777215);

            migrationBuilder.AddColumn<Guid[]>(
                name: "own_site_ids",
                table: "campaigns",
                type: "uuid[]",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "version",
                table: "campaigns",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "creative_totals",
                columns: table => new
                {
                    creative_id = table.Column<Guid>(type: "uuid", nullable: false),
                    plays = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_creative_totals", x => x.creative_id);
                });

            migrationBuilder.CreateTable(
                name: "site_groups",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    site_ids = table.Column<Guid[]>(type: "uuid[]", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_site_groups", x => x.id);
                    table.CheckConstraint("ck_site_groups_sites", "cardinality(site_ids) > 0");
                });

            migrationBuilder.AddCheckConstraint(
                name: "ck_creatives_weight",
                table: "creatives",
                sql: "weight BETWEEN 1 AND 100");

            migrationBuilder.CreateIndex(
                name: "ix_campaigns_budget_won_id",
                table: "campaigns",
                columns: new[] { "budget_won", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_campaigns_created_at_id",
                table: "campaigns",
                columns: new[] { "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_campaigns_deleted_at_id",
                table: "campaigns",
                columns: new[] { "deleted_at", "id" },
                filter: "deleted_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_campaigns_ends_on_id",
                table: "campaigns",
                columns: new[] { "ends_on", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_campaigns_name_id",
                table: "campaigns",
                columns: new[] { "name", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_campaigns_organisation_id_created_at_id",
                table: "campaigns",
                columns: new[] { "organisation_id", "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_campaigns_starts_on_id",
                table: "campaigns",
                columns: new[] { "starts_on", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_campaigns_state_ends_on_starts_on",
                table: "campaigns",
                columns: new[] { "state", "ends_on", "starts_on" });

            migrationBuilder.AddCheckConstraint(
                name: "ck_campaigns_dayparts",
                table: "campaigns",
                sql: "days BETWEEN 1 AND 127 AND hours BETWEEN 1 AND 16777215");

            migrationBuilder.CreateIndex(
                name: "ix_site_groups_name",
                table: "site_groups",
                column: "name",
                unique: true);
            CreativeTotalsBackfill.Run(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "creative_totals");

            migrationBuilder.DropTable(
                name: "site_groups");

            migrationBuilder.DropCheckConstraint(
                name: "ck_creatives_weight",
                table: "creatives");

            migrationBuilder.DropIndex(
                name: "ix_campaigns_budget_won_id",
                table: "campaigns");

            migrationBuilder.DropIndex(
                name: "ix_campaigns_created_at_id",
                table: "campaigns");

            migrationBuilder.DropIndex(
                name: "ix_campaigns_deleted_at_id",
                table: "campaigns");

            migrationBuilder.DropIndex(
                name: "ix_campaigns_ends_on_id",
                table: "campaigns");

            migrationBuilder.DropIndex(
                name: "ix_campaigns_name_id",
                table: "campaigns");

            migrationBuilder.DropIndex(
                name: "ix_campaigns_organisation_id_created_at_id",
                table: "campaigns");

            migrationBuilder.DropIndex(
                name: "ix_campaigns_starts_on_id",
                table: "campaigns");

            migrationBuilder.DropIndex(
                name: "ix_campaigns_state_ends_on_starts_on",
                table: "campaigns");

            migrationBuilder.DropCheckConstraint(
                name: "ck_campaigns_dayparts",
                table: "campaigns");

            migrationBuilder.DropColumn(
                name: "weight",
                table: "creatives");

            migrationBuilder.DropColumn(
                name: "days",
                table: "campaigns");

            migrationBuilder.DropColumn(
                name: "deleted_at",
                table: "campaigns");

            migrationBuilder.DropColumn(
                name: "group_ids",
                table: "campaigns");

            migrationBuilder.DropColumn(
                name: "hours",
                table: "campaigns");

            migrationBuilder.DropColumn(
                name: "own_site_ids",
                table: "campaigns");

            migrationBuilder.DropColumn(
                name: "version",
                table: "campaigns");

            migrationBuilder.CreateIndex(
                name: "ix_campaigns_organisation_id",
                table: "campaigns",
                column: "organisation_id");

            migrationBuilder.CreateIndex(
                name: "ix_campaigns_state",
                table: "campaigns",
                column: "state");
        }
    }
}
