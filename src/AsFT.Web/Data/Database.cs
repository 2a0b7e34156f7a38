using AsFT.Data;
using AsFT.Web.Shared;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Data;

/// <summary>SQLite beside the data, or PostgreSQL by <c>Database:Provider</c> and <c>Database:ConnectionString</c>.</summary>
public static class Database
{
    public static bool IsPostgres(IConfiguration configuration) => configuration["Database:Provider"] switch
    {
        null or "" or "Sqlite" => false,
        "Postgres" => true,
        var other => throw new InvalidOperationException($"Database:Provider is '{other}'; take Sqlite or Postgres"),
    };

    public static void Add(IServiceCollection services, IConfiguration configuration) => services.AddDbContextFactory<AppDbContext>((provider, options) =>
    {
        if (IsPostgres(configuration))
            options.UseNpgsql(ConnectionString(configuration), o => o.MigrationsAssembly("AsFT.Migrations.Postgres"));
        else
            options.UseSqlite($"Data Source={provider.GetRequiredService<AppPaths>().Database}", o => o.MigrationsAssembly("AsFT.Migrations.Sqlite"));
    });

    public static string ConnectionString(IConfiguration configuration) => configuration["Database:ConnectionString"] is { Length: > 0 } given ? given
        : throw new InvalidOperationException("Database:Provider is Postgres, and Database:ConnectionString is empty; write Host=…;Database=…;Username=…;Password=…");

    public static async Task MigrateAsync(IServiceProvider services)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<AppDbContext>>().CreateDbContextAsync();
        await db.Database.MigrateAsync();
    }
}
