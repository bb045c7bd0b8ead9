using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FaceAd.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class Experiments : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "experiments",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: false),
                    metric = table.Column<int>(type: "integer", nullable: false),
                    smallest = table.Column<double>(type: "double precision", nullable: false),
                    creative_ids = table.Column<Guid[]>(type: "uuid[]", nullable: false),
                    control_id = table.Column<Guid>(type: "uuid", nullable: false),
                    winner_takes_all = table.Column<bool>(type: "boolean", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    first_day = table.Column<DateOnly>(type: "date", nullable: false),
                    counted_to = table.Column<DateOnly>(type: "date", nullable: false),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    reason = table.Column<int>(type: "integer", nullable: true),
                    winner_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_experiments", x => x.id);
                    table.CheckConstraint("ck_experiments_ended", "(ended_at IS NULL) = (reason IS NULL)");
                    table.ForeignKey(
                        name: "fk_experiments_campaigns_campaign_id",
                        column: x => x.campaign_id,
                        principalTable: "campaigns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "experiment_days",
                columns: table => new
                {
                    experiment_id = table.Column<Guid>(type: "uuid", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    creative_id = table.Column<Guid>(type: "uuid", nullable: false),
                    people = table.Column<int>(type: "integer", nullable: false),
                    sum = table.Column<double>(type: "double precision", nullable: false),
                    sum_of_squares = table.Column<double>(type: "double precision", nullable: false),
                    own = table.Column<int>(type: "integer", nullable: false),
                    other = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_experiment_days", x => new { x.experiment_id, x.day, x.creative_id });
                    table.ForeignKey(
                        name: "fk_experiment_days_experiments_experiment_id",
                        column: x => x.experiment_id,
                        principalTable: "experiments",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_experiments_campaign_id_started_at",
                table: "experiments",
                columns: new[] { "campaign_id", "started_at" });

            migrationBuilder.CreateIndex(
                name: "ix_experiments_running",
                table: "experiments",
                column: "campaign_id",
                unique: true,
                filter: "ended_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "experiment_days");

            migrationBuilder.DropTable(
                name: "experiments");
        }
    }
}
