using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FaceAd.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class AttentionSamples : Migration
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
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "attention_at",
                table: "presences");

            migrationBuilder.DropColumn(
                name: "attention_seconds",
                table: "presences");
        }
    }
}
