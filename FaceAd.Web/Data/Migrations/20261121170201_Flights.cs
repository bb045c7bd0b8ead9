using System;
using Microsoft.EntityFrameworkCore.Migrations;
using NpgsqlTypes;

#nullable disable

namespace FaceAd.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class Flights : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<NpgsqlRange<DateOnly>[]>(
                name: "flights",
                table: "campaigns",
                type: "datemultirange",
                nullable: true);

            migrationBuilder.AddCheckConstraint(
                name: "ck_campaigns_flights",
                table: "campaigns",
                sql: "flights IS NULL OR (lower(flights) = starts_on AND upper(flights) = ends_on + 1)");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_campaigns_flights",
                table: "campaigns");

            migrationBuilder.DropColumn(
                name: "flights",
                table: "campaigns");
        }
    }
}
