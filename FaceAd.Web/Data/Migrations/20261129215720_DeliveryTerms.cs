using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FaceAd.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class DeliveryTerms : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<double>(
                name: "expected",
                table: "decisions",
                type: "double precision",
                nullable: false,
                defaultValue: 0.0);

            migrationBuilder.AddColumn<string>(
                name: "losers",
                table: "decisions",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "score_krw",
                table: "decisions",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "delivery",
                table: "campaigns",
                type: "jsonb",
                nullable: false,
                defaultValueSql: "'{}'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "expected",
                table: "decisions");

            migrationBuilder.DropColumn(
                name: "losers",
                table: "decisions");

            migrationBuilder.DropColumn(
                name: "score_krw",
                table: "decisions");

            migrationBuilder.DropColumn(
                name: "delivery",
                table: "campaigns");
        }
    }
}
