using FaceAd.Web.Cluster;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FaceAd.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class NewsOfChanges : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                DROP TRIGGER IF EXISTS directory_news ON directory_version;
                DROP TRIGGER IF EXISTS campaigns_news ON campaigns;
                DROP TRIGGER IF EXISTS creatives_news ON creatives;
                DROP TRIGGER IF EXISTS comments_news ON campaign_comments;
                DROP TRIGGER IF EXISTS approvals_news ON approvals;
                DROP TRIGGER IF EXISTS groups_news ON site_groups;
                DROP TRIGGER IF EXISTS change_requests_news ON change_requests;
                DROP TRIGGER IF EXISTS notifications_news ON notifications;
                """);
            migrationBuilder.Sql(NewsTriggers.Create);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // The version before takes what it does not know for "anything may have changed".
        }
    }
}
