using AsFT.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace AsFT.Migrations.Postgres;

/// <summary>For <c>dotnet ef migrations add NAME --project migrations/Postgres</c>; no server is asked.</summary>
internal sealed class DesignTimeFactory : IDesignTimeDbContextFactory<AppDbContext>
{
    public AppDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<AppDbContext>().UseNpgsql("Host=localhost;Database=design", o => o.MigrationsAssembly(typeof(DesignTimeFactory).Assembly.FullName)).Options);
}
