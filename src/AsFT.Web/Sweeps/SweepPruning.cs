using AsFT.Data;
using AsFT.Experiments.Search;
using AsFT.Web.Runs;
using AsFT.Web.Shared;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Sweeps;

/// <summary>Stops runs of a sweep that do worse than the median of the others with the same seed.</summary>
public sealed class SweepPruning(IDbContextFactory<AppDbContext> contexts, RunBroadcast broadcast)
{
    /// <summary>A run has been evaluated: is it hopeless?</summary>
    public async Task LookAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var run = await db.Runs.Where(r => r.Id == id && r.State == RunState.Running && r.SweepId != null).Select(r => new { r.SweepId, r.Point, r.Seed }).SingleOrDefaultAsync();
        if (run is null || await db.Sweeps.AsNoTracking().SingleAsync(s => s.Id == run.SweepId) is not { Pruning: true, State: SweepState.Running } sweep) return;
        var sign = sweep.Direction == Direction.Highest ? 1 : -1;
        var measured = await (from p in db.Points
                              join r in db.Runs on p.RunId equals r.Id
                              where r.SweepId == sweep.Id && r.Seed == run.Seed && p.Series == sweep.Objective && p.Step > 0 // before the first step all are alike
                              orderby p.Step
                              select new { p.RunId, p.Value }).ToListAsync();
        var curves = measured.ToLookup(m => m.RunId, m => sign * m.Value);
        IReadOnlyList<double> own = [.. curves[id]];
        IReadOnlyList<IReadOnlyList<double>> others = [.. curves.Where(c => c.Key != id).Select(c => c.ToList())];
        if (!MedianPruning.IsHopeless(own, others)) return;
        await StopAsync(db, sweep.Id, run.Point!.Value, $"{PointRun.PrunedMark}with seed {run.Seed}, after {own.Count} evaluations, the best {sweep.Objective} was {Show.Number(sign * own.Max())}, worse than the median of the other points.");
        await broadcast.StateAsync(id);
    }

    /// <summary>The whole point: its other seeds are not worth their time either.</summary>
    private static async Task StopAsync(AppDbContext db, Guid sweep, int point, string cause)
    {
        await db.Runs.Where(r => r.SweepId == sweep && r.Point == point && r.State == RunState.Queued)
            .ExecuteUpdateAsync(u => u.SetProperty(r => r.State, RunState.Stopped).SetProperty(r => r.Cause, cause).SetProperty(r => r.FinishedAt, DateTime.UtcNow));
        await db.Runs.Where(r => r.SweepId == sweep && r.Point == point && r.State == RunState.Running)
            .ExecuteUpdateAsync(u => u.SetProperty(r => r.State, RunState.Stopping).SetProperty(r => r.Cause, cause));
    }
}
