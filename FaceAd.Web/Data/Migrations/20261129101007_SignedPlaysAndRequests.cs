using System;
using FaceAd.Web.Accounts.Limits;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Cluster;
using FaceAd.Web.Players;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace FaceAd.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class SignedPlaysAndRequests : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "heir_id",
                table: "site_owners",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "exposures_up_to",
                table: "plays",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "drains",
                table: "nodes",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "serves",
                table: "nodes",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "accruals",
                table: "campaigns",
                type: "jsonb",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "change_requests",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    author = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    message = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    before = table.Column<string>(type: "jsonb", nullable: false),
                    asked = table.Column<string>(type: "jsonb", nullable: false),
                    state = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    reason = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_change_requests", x => x.id);
                    table.ForeignKey(
                        name: "fk_change_requests_campaigns_campaign_id",
                        column: x => x.campaign_id,
                        principalTable: "campaigns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_change_requests_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "mail_attachments",
                columns: table => new
                {
                    mail_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    media_type = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    content = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mail_attachments", x => x.mail_id);
                    table.ForeignKey(
                        name: "fk_mail_attachments_mails_mail_id",
                        column: x => x.mail_id,
                        principalTable: "mails",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "report_mailings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    email = table.Column<string>(type: "character varying(254)", maxLength: 254, nullable: true),
                    language = table.Column<string>(type: "character varying(8)", maxLength: 8, nullable: true),
                    weekly = table.Column<bool>(type: "boolean", nullable: false),
                    at_end = table.Column<bool>(type: "boolean", nullable: false),
                    created_by = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    confirmed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    stopped_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    look_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    claimed_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    sent_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    ended_for = table.Column<DateOnly>(type: "date", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_report_mailings", x => x.id);
                    table.ForeignKey(
                        name: "fk_report_mailings_campaigns_campaign_id",
                        column: x => x.campaign_id,
                        principalTable: "campaigns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_report_mailings_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "sample_items",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sample_items", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "screen_gaps",
                columns: table => new
                {
                    screen_id = table.Column<Guid>(type: "uuid", nullable: false),
                    since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_screen_gaps", x => new { x.screen_id, x.since });
                    table.ForeignKey(
                        name: "fk_screen_gaps_screens_screen_id",
                        column: x => x.screen_id,
                        principalTable: "screens",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "screen_keys",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    screen_id = table.Column<Guid>(type: "uuid", nullable: false),
                    public_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    registered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_screen_keys", x => x.id);
                    table.ForeignKey(
                        name: "fk_screen_keys_screens_screen_id",
                        column: x => x.screen_id,
                        principalTable: "screens",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "play_seals",
                columns: table => new
                {
                    key_id = table.Column<int>(type: "integer", nullable: false),
                    number = table.Column<long>(type: "bigint", nullable: false),
                    play_id = table.Column<Guid>(type: "uuid", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    measured = table.Column<bool>(type: "boolean", nullable: false),
                    payload_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    previous = table.Column<byte[]>(type: "bytea", nullable: false),
                    signature = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_play_seals", x => new { x.key_id, x.number });
                    table.ForeignKey(
                        name: "fk_play_seals_screen_key_key_id",
                        column: x => x.key_id,
                        principalTable: "screen_keys",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_plays_decision_id",
                table: "plays",
                column: "decision_id");

            migrationBuilder.CreateIndex(
                name: "ix_change_requests_campaign_id_created_at_id",
                table: "change_requests",
                columns: new[] { "campaign_id", "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_change_requests_changed_at",
                table: "change_requests",
                column: "changed_at");

            migrationBuilder.CreateIndex(
                name: "ix_change_requests_open",
                table: "change_requests",
                column: "campaign_id",
                unique: true,
                filter: "state = 0");

            migrationBuilder.CreateIndex(
                name: "ix_change_requests_user_id",
                table: "change_requests",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_play_seals_key_id_started_at",
                table: "play_seals",
                columns: new[] { "key_id", "started_at" })
                .Annotation("Npgsql:IndexInclude", new[] { "number" });

            migrationBuilder.CreateIndex(
                name: "ix_report_mailings_campaign_id_email",
                table: "report_mailings",
                columns: new[] { "campaign_id", "email" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_report_mailings_campaign_id_user_id",
                table: "report_mailings",
                columns: new[] { "campaign_id", "user_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_report_mailings_look_at",
                table: "report_mailings",
                column: "look_at");

            migrationBuilder.CreateIndex(
                name: "ix_report_mailings_user_id",
                table: "report_mailings",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_screen_gaps_until",
                table: "screen_gaps",
                column: "until");

            migrationBuilder.CreateIndex(
                name: "ix_screen_keys_screen_id_public_key",
                table: "screen_keys",
                columns: new[] { "screen_id", "public_key" },
                unique: true);

            migrationBuilder.Sql(SharedLimits.Create);
            migrationBuilder.Sql(ScreenStates.Create);
            migrationBuilder.Sql(CampaignChanges.Create);
            migrationBuilder.Sql(NewsTriggers.Create);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(NewsTriggers.Drop);
            migrationBuilder.Sql("""
                DROP FUNCTION campaigns_changed() CASCADE;
                DROP TABLE campaign_changes;
                DROP TABLE screen_states; DROP TABLE sign_in_tries; DROP TABLE limits;
                """);

            migrationBuilder.DropTable(
                name: "change_requests");

            migrationBuilder.DropTable(
                name: "mail_attachments");

            migrationBuilder.DropTable(
                name: "play_seals");

            migrationBuilder.DropTable(
                name: "report_mailings");

            migrationBuilder.DropTable(
                name: "sample_items");

            migrationBuilder.DropTable(
                name: "screen_gaps");

            migrationBuilder.DropTable(
                name: "screen_keys");

            migrationBuilder.DropIndex(
                name: "ix_plays_decision_id",
                table: "plays");

            migrationBuilder.DropColumn(
                name: "heir_id",
                table: "site_owners");

            migrationBuilder.DropColumn(
                name: "exposures_up_to",
                table: "plays");

            migrationBuilder.DropColumn(
                name: "drains",
                table: "nodes");

            migrationBuilder.DropColumn(
                name: "serves",
                table: "nodes");

            migrationBuilder.DropColumn(
                name: "accruals",
                table: "campaigns");
        }
    }
}
