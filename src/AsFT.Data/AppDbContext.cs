using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace AsFT.Data;

public sealed class AppDbContext(DbContextOptions<AppDbContext> options) : DbContext(options)
{
    public DbSet<Dataset> Datasets => Set<Dataset>();
    public DbSet<Model> Models => Set<Model>();
    public DbSet<Run> Runs => Set<Run>();
    public DbSet<Sweep> Sweeps => Set<Sweep>();
    public DbSet<Tournament> Tournaments => Set<Tournament>();
    public DbSet<MetricPoint> Points => Set<MetricPoint>();
    public DbSet<RunEventRow> Events => Set<RunEventRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        conventions.Properties<DateTime>().HaveConversion<UtcConverter>();
        conventions.Properties<Enum>().HaveConversion<string>().HaveMaxLength(40);
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<Dataset>(e =>
        {
            e.Property(d => d.Name).HasMaxLength(200);
            e.Property(d => d.Sha256).HasMaxLength(64);
            e.HasIndex(d => d.Name).IsUnique();
            e.HasIndex(d => d.Sha256).IsUnique();
        });
        model.Entity<Model>(e =>
        {
            e.Property(m => m.Name).HasMaxLength(200);
            e.HasIndex(m => m.Name).IsUnique();
            e.HasIndex(m => m.Directory).IsUnique();
            e.HasOne(m => m.Base).WithMany().HasForeignKey(m => m.BaseId).OnDelete(DeleteBehavior.SetNull);
        });
        model.Entity<Run>(e =>
        {
            e.Property(r => r.Name).HasMaxLength(200);
            e.HasIndex(r => r.State);
            e.HasIndex(r => r.CreatedAt);
            e.HasIndex(r => new { r.SweepId, r.Point, r.Seed }).IsUnique(); // whoever goes on with a sweep, no run of it is queued twice
            e.Property(r => r.Cell).HasMaxLength(200);
            e.HasIndex(r => new { r.TournamentId, r.Cell, r.Seed }).IsUnique();
        });
        model.Entity<Sweep>(e =>
        {
            e.Property(s => s.Name).HasMaxLength(200);
            e.Property(s => s.Objective).HasMaxLength(200);
            e.HasIndex(s => s.State);
        });
        model.Entity<Tournament>(e =>
        {
            e.Property(t => t.Name).HasMaxLength(200);
            e.HasIndex(t => t.State);
        });
        model.Entity<MetricPoint>(e =>
        {
            e.HasKey(p => new { p.RunId, p.Series, p.Step });
            e.Property(p => p.Series).HasMaxLength(200);
            e.HasOne<Run>().WithMany().HasForeignKey(p => p.RunId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<RunEventRow>(e =>
        {
            e.HasKey(r => new { r.RunId, r.Seq });
            e.Property(r => r.Kind).HasMaxLength(20);
            e.HasOne<Run>().WithMany().HasForeignKey(r => r.RunId).OnDelete(DeleteBehavior.Cascade);
        });
    }

    /// <summary>SQLite gives times back without their kind; all of ours are UTC.</summary>
    private sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(v => v, v => DateTime.SpecifyKind(v, DateTimeKind.Utc));
}
