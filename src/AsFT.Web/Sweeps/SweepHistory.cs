using System.Text.Json;
using System.Text.Json.Nodes;
using AsFT.Data;
using AsFT.Experiments.Search;
using AsFT.Experiments.Specification;
using AsFT.Web.Runs.Supervision;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Sweeps;

/// <summary>Reads sweeps: what their runs say of each point.</summary>
public sealed class SweepHistory(IDbContextFactory<AppDbContext> contexts, RunWorkers workers)
{
    public async Task<SweepView?> FindAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Sweeps.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id) is { } sweep ? await ViewAsync(db, sweep) : null;
    }

    public async Task<IReadOnlyList<SweepView>> ListAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        var views = new List<SweepView>();
        foreach (var sweep in await db.Sweeps.AsNoTracking().OrderByDescending(s => s.CreatedAt).ToListAsync()) views.Add(await ViewAsync(db, sweep));
        return views;
    }

    /// <summary>The name of a run's sweep.</summary>
    public async Task<string?> NameAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Sweeps.Where(s => s.Id == id).Select(s => s.Name).SingleOrDefaultAsync();
    }

    private async Task<SweepView> ViewAsync(AppDbContext db, Sweep sweep)
    {
        var runs = await db.Runs.Where(r => r.SweepId == sweep.Id).OrderBy(r => r.Point).ThenBy(r => r.Seed)
            .Select(r => new { r.Id, Point = r.Point!.Value, Seed = r.Seed!.Value, r.PointSettings, r.State, r.Cause, r.Step, r.Steps, r.StartedAt, r.FinishedAt }).ToListAsync();
        var scores = await ScoresAsync(db, sweep);
        return SweepView.Of(sweep, [.. runs.GroupBy(r => r.Point).Select(g => SweepPoint.Of(g.Key, Settings(g.First().PointSettings!),
            [.. g.Select(r => new PointRun(r.Id, r.Seed, r.State, r.Cause, scores.GetValueOrDefault(r.Id), r.Step, r.Steps, r.StartedAt, r.FinishedAt))], sweep.Seeds))], Math.Min(workers.Count, sweep.AtOnce));
    }

    /// <summary>Each run's score: of a classifier where its kept weights were measured, else the last.</summary>
    private static async Task<Dictionary<Guid, double?>> ScoresAsync(AppDbContext db, Sweep sweep)
    {
        var classifies = SpecificationText.FromJson(sweep.Specification).Task == RunTask.Classification;
        var points = await (from p in db.Points
                            join r in db.Runs on p.RunId equals r.Id
                            where r.SweepId == sweep.Id && (p.Series == sweep.Objective || p.Series == Objective.Keeps) && p.Step > 0
                            orderby p.Step
                            select new { p.RunId, p.Series, p.Step, p.Value }).ToListAsync();
        return points.GroupBy(p => p.RunId).ToDictionary(g => g.Key, g =>
        {
            List<(int, double)> Of(string series) => [.. g.Where(p => p.Series == series).Select(p => (p.Step, p.Value))];
            return Objective.Score(Of(sweep.Objective), classifies ? Of(Objective.Keeps) : []);
        });
    }

    public static IReadOnlyDictionary<string, JsonValue> Settings(string json) => JsonSerializer.Deserialize<Dictionary<string, JsonValue>>(json)!;
}
