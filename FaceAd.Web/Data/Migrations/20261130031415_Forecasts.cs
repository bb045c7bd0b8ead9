using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FaceAd.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class Forecasts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "campaign_forecasts",
                columns: table => new
                {
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    impressions = table.Column<double>(type: "double precision", nullable: false),
                    impressions_low = table.Column<double>(type: "double precision", nullable: false),
                    impressions_high = table.Column<double>(type: "double precision", nullable: false),
                    reach = table.Column<double>(type: "double precision", nullable: true),
                    reach_low = table.Column<double>(type: "double precision", nullable: true),
                    reach_high = table.Column<double>(type: "double precision", nullable: true),
                    reach_from = table.Column<DateOnly>(type: "date", nullable: true),
                    reach_to = table.Column<DateOnly>(type: "date", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_campaign_forecasts", x => x.campaign_id);
                    table.ForeignKey(
                        name: "fk_campaign_forecasts_campaigns_campaign_id",
                        column: x => x.campaign_id,
                        principalTable: "campaigns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "visit_counts",
                columns: table => new
                {
                    site_id = table.Column<Guid>(type: "uuid", nullable: false),
                    epoch = table.Column<int>(type: "integer", nullable: false),
                    days = table.Column<short>(type: "smallint", nullable: false),
                    segment = table.Column<int>(type: "integer", nullable: false),
                    persons = table.Column<long[]>(type: "bigint[]", nullable: false),
                    rides = table.Column<long[]>(type: "bigint[]", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_visit_counts", x => new { x.site_id, x.days, x.segment, x.epoch });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "campaign_forecasts");

            migrationBuilder.DropTable(
                name: "visit_counts");
        }
    }
}
