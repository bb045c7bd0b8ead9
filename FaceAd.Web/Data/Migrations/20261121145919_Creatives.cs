using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FaceAd.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class Creatives : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_creatives_campaigns_campaign_id",
                table: "creatives");

            migrationBuilder.AddColumn<string>(
                name: "refusal_reason",
                table: "creatives",
                type: "character varying(1000)",
                maxLength: 1000,
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "replaced_at",
                table: "creatives",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "reviewed_at",
                table: "creatives",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "root_id",
                table: "creatives",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "state",
                table: "creatives",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "version",
                table: "creatives",
                type: "integer",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<Guid>(
                name: "line_id",
                table: "creatives",
                type: "uuid",
                nullable: false,
                computedColumnSql: "coalesce(root_id, id)",
                stored: true);

            migrationBuilder.CreateTable(
                name: "approvals",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: false),
                    creative_id = table.Column<Guid>(type: "uuid", nullable: true),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    user_name = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    confirmed = table.Column<int[]>(type: "integer[]", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_approvals", x => x.id);
                    table.ForeignKey(
                        name: "fk_approvals_campaigns_campaign_id",
                        column: x => x.campaign_id,
                        principalTable: "campaigns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "campaign_comments",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    author = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    by_owner = table.Column<bool>(type: "boolean", nullable: false),
                    text = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_campaign_comments", x => x.id);
                    table.ForeignKey(
                        name: "fk_campaign_comments_campaigns_campaign_id",
                        column: x => x.campaign_id,
                        principalTable: "campaigns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_campaign_comments_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "creative_uploads",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organisation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: false),
                    replaces_id = table.Column<Guid>(type: "uuid", nullable: true),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    user_name = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    name = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    bytes = table.Column<long>(type: "bigint", nullable: false),
                    still_seconds = table.Column<double>(type: "double precision", nullable: false),
                    state = table.Column<int>(type: "integer", nullable: false),
                    percent = table.Column<int>(type: "integer", nullable: false),
                    failure = table.Column<int>(type: "integer", nullable: true),
                    creative_id = table.Column<Guid>(type: "uuid", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    touched_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    lease = table.Column<Guid>(type: "uuid", nullable: true),
                    lease_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_creative_uploads", x => x.id);
                    table.CheckConstraint("ck_creative_uploads_bytes", "bytes > 0");
                    table.ForeignKey(
                        name: "fk_creative_uploads_campaigns_campaign_id",
                        column: x => x.campaign_id,
                        principalTable: "campaigns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_creative_uploads_organisations_organisation_id",
                        column: x => x.organisation_id,
                        principalTable: "organisations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "notifications",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<int>(type: "integer", nullable: false),
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: false),
                    subject = table.Column<string>(type: "character varying(160)", maxLength: 160, nullable: false),
                    detail = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    read_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notifications", x => x.id);
                    table.ForeignKey(
                        name: "fk_notifications_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_creatives_line_id_state",
                table: "creatives",
                columns: new[] { "line_id", "state" },
                unique: true,
                filter: "state IN (0, 1)");

            migrationBuilder.CreateIndex(
                name: "ix_creatives_line_id_version",
                table: "creatives",
                columns: new[] { "line_id", "version" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_creatives_proposed",
                table: "creatives",
                column: "created_at",
                filter: "state = 1");

            migrationBuilder.CreateIndex(
                name: "ix_approvals_campaign_id_at",
                table: "approvals",
                columns: new[] { "campaign_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_campaign_comments_campaign_id_at_id",
                table: "campaign_comments",
                columns: new[] { "campaign_id", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_campaign_comments_user_id",
                table: "campaign_comments",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_creative_uploads_campaign_id",
                table: "creative_uploads",
                column: "campaign_id");

            migrationBuilder.CreateIndex(
                name: "ix_creative_uploads_open",
                table: "creative_uploads",
                column: "organisation_id",
                filter: "state IN (0, 1, 2)");

            migrationBuilder.CreateIndex(
                name: "ix_creative_uploads_queue",
                table: "creative_uploads",
                column: "created_at",
                filter: "state IN (1, 2)");

            migrationBuilder.CreateIndex(
                name: "ix_creative_uploads_touched_at",
                table: "creative_uploads",
                column: "touched_at");

            migrationBuilder.CreateIndex(
                name: "ix_notifications_created_at",
                table: "notifications",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_notifications_unread",
                table: "notifications",
                column: "user_id",
                filter: "read_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_notifications_user_id_created_at_id",
                table: "notifications",
                columns: new[] { "user_id", "created_at", "id" });

            migrationBuilder.AddForeignKey(
                name: "fk_creatives_campaigns_campaign_id",
                table: "creatives",
                column: "campaign_id",
                principalTable: "campaigns",
                principalColumn: "id",
                onDelete: ReferentialAction.Cascade);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_creatives_campaigns_campaign_id",
                table: "creatives");

            migrationBuilder.DropTable(
                name: "approvals");

            migrationBuilder.DropTable(
                name: "campaign_comments");

            migrationBuilder.DropTable(
                name: "creative_uploads");

            migrationBuilder.DropTable(
                name: "notifications");

            migrationBuilder.DropIndex(
                name: "ix_creatives_line_id_state",
                table: "creatives");

            migrationBuilder.DropIndex(
                name: "ix_creatives_line_id_version",
                table: "creatives");

            migrationBuilder.DropIndex(
                name: "ix_creatives_proposed",
                table: "creatives");

            migrationBuilder.DropColumn(
                name: "line_id",
                table: "creatives");

            migrationBuilder.DropColumn(
                name: "refusal_reason",
                table: "creatives");

            migrationBuilder.DropColumn(
                name: "replaced_at",
                table: "creatives");

            migrationBuilder.DropColumn(
                name: "reviewed_at",
                table: "creatives");

            migrationBuilder.DropColumn(
                name: "root_id",
                table: "creatives");

            migrationBuilder.DropColumn(
                name: "state",
                table: "creatives");

            migrationBuilder.DropColumn(
                name: "version",
                table: "creatives");

            migrationBuilder.AddForeignKey(
                name: "fk_creatives_campaigns_campaign_id",
                table: "creatives",
                column: "campaign_id",
                principalTable: "campaigns",
                principalColumn: "id");
        }
    }
}
