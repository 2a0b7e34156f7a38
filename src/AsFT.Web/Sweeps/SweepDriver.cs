using System.Text.Json;
using AsFT.Data;
using AsFT.Experiments.Search;
using AsFT.Experiments.Specification;
using AsFT.Web.Runs;
using AsFT.Web.Runs.Setup;
using AsFT.Web.Runs.Supervision;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Sweeps;

/// <summary>
/// Goes on with sweeps: after each of their runs, at start and now and then. It keeps nothing in mind: what is next follows from the
/// stored runs, and a run is added only while those it was computed from still stand.
/// </summary>
public sealed class SweepDriver(IDbContextFactory<AppDbContext> contexts, SweepHistory history, RunResolver resolver, RunQueue queue) : IRunFollower
{
    /// <summary>A run is over: its sweep, if it has one, goes on.</summary>
    public async Task FollowAsync(Guid run)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.Runs.Where(r => r.Id == run).Select(r => r.SweepId).SingleOrDefaultAsync() is { } sweep) await AdvanceAsync(sweep);
    }

    public async Task AdvanceAllAsync(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        foreach (var id in await db.Sweeps.Where(s => s.State == SweepState.Running).Select(s => s.Id).ToListAsync(cancel)) await AdvanceAsync(id);
    }

    /// <summary>Queues what there is room for; ends the sweep when nothing is left.</summary>
    public async Task AdvanceAsync(Guid id)
    {
        while (await history.FindAsync(id) is { State: SweepState.Running } sweep)
        {
            var basis = SpecificationText.FromJson(sweep.Specification.ToJsonString());
            if (SweepPlan.Next(sweep, basis.Training.Seed) is not { } next)
            {
                if (sweep.Runs.All(r => r.IsOver)) await CompleteAsync(sweep);
                return;
            }
            var run = await RunAsync(sweep, basis, next);
            if (await AddAsync(run, sweep.Runs.Count()) && run.State == RunState.Queued) queue.Enqueue(run.Id);
        }
    }

    /// <summary>The run of a point. Where the settings do not go together it has failed from the start, and says why.</summary>
    private async Task<Run> RunAsync(SweepView sweep, RunSpecification basis, NextRun next)
    {
        var faults = new List<Fault>();
        var specification = SearchSpace.Apply(basis, next.Settings, faults);
        specification = specification with
        {
            Name = $"{sweep.Name} · point {next.Point + 1} · seed {next.Seed}",
            Training = specification.Training with { Seed = next.Seed },
            Scoring = specification.Scoring with { Test = null }, // a search does not look at test rows
        };
        var cause = (string?)null;
        try
        {
            specification = await resolver.ResolveAsync(specification, faults);
        }
        catch (SpecificationException e)
        {
            cause = "These settings do not go together: " + string.Join("; ", e.Faults);
        }
        return new()
        {
            Name = specification.Name, Specification = SpecificationText.ToJson(specification), Hash = SpecificationText.Hash(specification), Tags = "sweep:" + sweep.Name,
            State = cause is null ? RunState.Queued : RunState.Failed, Cause = cause, FinishedAt = cause is null ? null : DateTime.UtcNow,
            SweepId = sweep.Id, Point = next.Point, Seed = next.Seed, PointSettings = JsonSerializer.Serialize(next.Settings),
        };
    }

    /// <summary>Adds a run if the sweep still goes on and has as many runs as were seen. The first update makes others wait for this one.</summary>
    private async Task<bool> AddAsync(Run run, int seen)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await db.Sweeps.Where(s => s.Id == run.SweepId && s.State == SweepState.Running).ExecuteUpdateAsync(u => u.SetProperty(s => s.State, SweepState.Running)) == 0) return false;
        if (await db.Runs.CountAsync(r => r.SweepId == run.SweepId) != seen) return false;
        db.Runs.Add(run);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return true;
    }

    private async Task CompleteAsync(SweepView sweep)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await db.Sweeps.Where(s => s.Id == sweep.Id && s.State == SweepState.Running && db.Runs.Count(r => r.SweepId == s.Id) == sweep.Runs.Count())
            .ExecuteUpdateAsync(u => u.SetProperty(s => s.State, SweepState.Completed).SetProperty(s => s.FinishedAt, DateTime.UtcNow));
    }
}
