using AsFT.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AsFT.Web.Tests;

public sealed class UpgradeTests(PostgresServer postgres)
{
    /// <summary>A database of the first version, with a run and its curve: both are there after the site has started on it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_OnTheDatabaseOfAnEarlierVersion_KeepsItsRuns(bool onPostgres)
    {
        var directory = Directory.CreateTempSubdirectory("asft-upgrade-").FullName;
        (string Key, string Value)[] settings = [("Data:Directory", directory), .. onPostgres ? await postgres.DatabaseAsync() : []];
        var run = Guid.NewGuid();
        var options = new DbContextOptionsBuilder<AppDbContext>();
        if (onPostgres) options.UseNpgsql(settings[^1].Value, o => o.MigrationsAssembly("AsFT.Migrations.Postgres"));
        else options.UseSqlite($"Data Source={directory}/asft.db;Pooling=False", o => o.MigrationsAssembly("AsFT.Migrations.Sqlite"));
        await using (var db = new AppDbContext(options.Options))
        {
            await db.GetService<IMigrator>().MigrateAsync("Initial");
            var now = DateTime.UtcNow;
            await db.Database.ExecuteSqlAsync($"""INSERT INTO "Runs" ("Id", "Name", "Specification", "Hash", "State", "Tags", "Notes", "Step", "Steps", "LastSeq", "CreatedAt", "QueuedAt") VALUES ({run}, 'old', {"{}"}, 'h', 'Completed', '', '', 1, 1, 1, {now}, {now})""");
            await db.Database.ExecuteSqlAsync($"""INSERT INTO "Points" ("RunId", "Series", "Step", "Epoch", "Value") VALUES ({run}, 'loss/task', 1, 0.5, 2.5)""");
        }
        await using (var site = await Site.StartAsync(settings))
        {
            Assert.Equal("old", (string)(await site.GetAsync($"/api/v1/runs/{run}"))["name"]!);
            Assert.Equal(2.5, (double)(await site.GetAsync($"/api/v1/runs/{run}/metrics"))[0]!["values"]![0]!);
        }
        Directory.Delete(directory, recursive: true);
    }
}
