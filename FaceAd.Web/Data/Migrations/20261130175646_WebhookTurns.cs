using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FaceAd.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class WebhookTurns : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_webhook_deliveries_next_try_at",
                table: "webhook_deliveries");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_webhook_id_next_try_at",
                table: "webhook_deliveries",
                columns: new[] { "webhook_id", "next_try_at" },
                filter: "next_try_at IS NOT NULL");

            // Names are looked for in composed form from now on. What would be longer stays as it is.
            foreach (var table in new[] { "campaigns", "creatives", "sites", "screens", "organisations" })
            {
                migrationBuilder.Sql($"""
                    UPDATE {table} SET name = normalize(name)
                    WHERE name IS NOT NFC NORMALIZED AND char_length(normalize(name)) <= char_length(name)
                    """);
            }
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_webhook_deliveries_webhook_id_next_try_at",
                table: "webhook_deliveries");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_next_try_at",
                table: "webhook_deliveries",
                column: "next_try_at",
                filter: "next_try_at IS NOT NULL");
        }
    }
}
