using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace FaceAd.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class EpochEnds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "id",
                table: "epoch_keys",
                type: "uuid",
                nullable: false,
                defaultValueSql: "gen_random_uuid()");

            migrationBuilder.CreateTable(
                name: "epoch_ends",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    site_id = table.Column<Guid>(type: "uuid", nullable: false),
                    epoch = table.Column<int>(type: "integer", nullable: false),
                    reason = table.Column<int>(type: "integer", nullable: false),
                    persons = table.Column<int>(type: "integer", nullable: false),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    swept_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_epoch_ends", x => x.id);
                    table.ForeignKey(
                        name: "fk_epoch_ends_sites_site_id",
                        column: x => x.site_id,
                        principalTable: "sites",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "retention_marks",
                columns: table => new
                {
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    marked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    done_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    exposure_days = table.Column<int>(type: "integer", nullable: false),
                    presences = table.Column<long>(type: "bigint", nullable: false),
                    audiences = table.Column<long>(type: "bigint", nullable: false),
                    decisions = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_retention_marks", x => x.day);
                });

            migrationBuilder.CreateIndex(
                name: "ix_epoch_keys_id",
                table: "epoch_keys",
                column: "id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_epoch_ends_site_id_epoch",
                table: "epoch_ends",
                columns: new[] { "site_id", "epoch" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "epoch_ends");

            migrationBuilder.DropTable(
                name: "retention_marks");

            migrationBuilder.DropIndex(
                name: "ix_epoch_keys_id",
                table: "epoch_keys");

            migrationBuilder.DropColumn(
                name: "id",
                table: "epoch_keys");
        }
    }
}
