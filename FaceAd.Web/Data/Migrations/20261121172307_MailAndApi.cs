using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FaceAd.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class MailAndApi : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "paused_at",
                table: "webhooks",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "seen_language",
                table: "users",
                type: "character varying(8)",
                maxLength: 8,
                nullable: true);

            migrationBuilder.AlterColumn<Guid>(
                name: "campaign_id",
                table: "notifications",
                type: "uuid",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "uuid");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "mail_due_at",
                table: "notifications",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "mailed_at",
                table: "notifications",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "screen_id",
                table: "notifications",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "unsubscribe",
                table: "mails",
                type: "character varying(1000)",
                maxLength: 1000,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "mail_switches",
                columns: table => new
                {
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<int>(type: "integer", nullable: false),
                    is_on = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mail_switches", x => new { x.user_id, x.kind });
                    table.ForeignKey(
                        name: "fk_mail_switches_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_notifications_mail_due_at",
                table: "notifications",
                column: "mail_due_at",
                filter: "mail_due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_notifications_user_id_mailed_at",
                table: "notifications",
                columns: new[] { "user_id", "mailed_at" },
                filter: "mailed_at IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "mail_switches");

            migrationBuilder.DropIndex(
                name: "ix_notifications_mail_due_at",
                table: "notifications");

            migrationBuilder.DropIndex(
                name: "ix_notifications_user_id_mailed_at",
                table: "notifications");

            migrationBuilder.DropColumn(
                name: "paused_at",
                table: "webhooks");

            migrationBuilder.DropColumn(
                name: "seen_language",
                table: "users");

            migrationBuilder.DropColumn(
                name: "mail_due_at",
                table: "notifications");

            migrationBuilder.DropColumn(
                name: "mailed_at",
                table: "notifications");

            migrationBuilder.DropColumn(
                name: "screen_id",
                table: "notifications");

            migrationBuilder.DropColumn(
                name: "unsubscribe",
                table: "mails");

            migrationBuilder.AlterColumn<Guid>(
                name: "campaign_id",
                table: "notifications",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"),
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true);
        }
    }
}
