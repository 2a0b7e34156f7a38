using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AsFT.Migrations.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class Tournaments : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Cell",
                table: "Runs",
                type: "character varying(200)",
                maxLength: 200,
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "TournamentId",
                table: "Runs",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "Tournaments",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Request = table.Column<string>(type: "text", nullable: false),
                    State = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    FinishedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Tournaments", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Runs_TournamentId_Cell_Seed",
                table: "Runs",
                columns: new[] { "TournamentId", "Cell", "Seed" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Tournaments_State",
                table: "Tournaments",
                column: "State");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Tournaments");

            migrationBuilder.DropIndex(
                name: "IX_Runs_TournamentId_Cell_Seed",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Cell",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "TournamentId",
                table: "Runs");
        }
    }
}
