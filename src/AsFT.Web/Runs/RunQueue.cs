using AsFT.Data;
using AsFT.Experiments.Specification;
using AsFT.Web.Runs.Setup;
using AsFT.Web.Runs.Supervision;
using AsFT.Web.Shared;
using Hangfire;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Runs;

/// <summary>What people ask of runs: queue, stop, resume, delete. Each change of state is one guarded update.</summary>
public sealed class RunQueue(IDbContextFactory<AppDbContext> contexts, RunResolver resolver, IBackgroundJobClient jobs, RunBroadcast broadcast, AppPaths paths)
{
    /// <summary>Resolves a specification, stores it and queues the run.</summary>
    /// <exception cref="SpecificationException">with every fault and its path</exception>
    public Task<Run> SubmitAsync(string text)
    {
        var faults = new List<Fault>();
        return SubmitAsync(SpecificationText.Read(text, faults), faults);
    }

    /// <inheritdoc cref="SubmitAsync(string)"/>
    public async Task<Run> SubmitAsync(RunSpecification specification, IReadOnlyList<Fault>? formFaults = null, string tags = "")
    {
        var resolved = await resolver.ResolveAsync(specification, formFaults);
        var run = new Run
        {
            Name = resolved.Name, Specification = SpecificationText.ToJson(resolved), Hash = SpecificationText.Hash(resolved), Tags = tags,
        };
        await using var db = await contexts.CreateDbContextAsync();
        db.Runs.Add(run);
        await db.SaveChangesAsync();
        Enqueue(run.Id);
        return run;
    }

    /// <summary>Queues the resolved specification of a run once more, tagged as its repeat; null if there is no such run.</summary>
    /// <exception cref="SpecificationException">what it names is not there any more</exception>
    public async Task<Run?> RepeatAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Runs.Where(r => r.Id == id).Select(r => r.Specification).SingleOrDefaultAsync() is { } specification
            ? await SubmitAsync(SpecificationText.FromJson(specification), tags: RepeatComparison.Mark + id) : null;
    }

    /// <summary>A waiting run is stopped at once; one in training is asked to save and leave.</summary>
    public async Task StopAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var waiting = await db.Runs.Where(r => r.Id == id && r.State == RunState.Queued)
            .ExecuteUpdateAsync(u => u.SetProperty(r => r.State, RunState.Stopped).SetProperty(r => r.FinishedAt, DateTime.UtcNow).SetProperty(r => r.Cause, "Stopped while it waited."));
        if (waiting == 0)
            await db.Runs.Where(r => r.Id == id && r.State == RunState.Running).ExecuteUpdateAsync(u => u.SetProperty(r => r.State, RunState.Stopping));
        await broadcast.StateAsync(id);
    }

    /// <summary>Queues a run that was stopped or broke off, to go on from its last checkpoint. False if it is none.</summary>
    public async Task<bool> ResumeAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var changed = await db.Runs.Where(r => r.Id == id && (r.State == RunState.Stopped || r.State == RunState.Crashed || r.State == RunState.Failed || r.State == RunState.Diverged))
            .ExecuteUpdateAsync(u => u.SetProperty(r => r.State, RunState.Queued).SetProperty(r => r.QueuedAt, DateTime.UtcNow)
                .SetProperty(r => r.FinishedAt, (DateTime?)null).SetProperty(r => r.Cause, (string?)null));
        if (changed > 0) Enqueue(id);
        await broadcast.StateAsync(id);
        return changed > 0;
    }

    /// <summary>Removes a run that is over, with its files. False if it still waits or trains, or another that does goes on from it or looks at it.</summary>
    public async Task<bool> DeleteAsync(Guid id)
    {
        if (await AreNeededAsync([id])) return false;
        await using var db = await contexts.CreateDbContextAsync();
        var removed = await db.Runs.Where(r => r.Id == id && r.State != RunState.Queued && r.State != RunState.Running && r.State != RunState.Stopping).ExecuteDeleteAsync();
        if (removed > 0 && Directory.Exists(paths.Run(id))) Directory.Delete(paths.Run(id), recursive: true);
        return removed > 0;
    }

    /// <summary>Whether something that waits or goes on, and is not one of them, goes on from one of these runs or looks at it (model.after, basin.harmful_run, basin.path_run).</summary>
    public async Task<bool> AreNeededAsync(IReadOnlyCollection<Guid> ids)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var texts = await db.Runs.Where(r => (r.State == RunState.Queued || r.State == RunState.Running || r.State == RunState.Stopping) && !ids.Contains(r.Id)).Select(r => r.Specification).ToListAsync();
        texts.AddRange(await db.Sweeps.Where(s => s.State == SweepState.Running).Select(s => s.Specification + s.Space).ToListAsync());
        texts.AddRange(await db.Tournaments.Where(t => t.State == TournamentState.Running).Select(t => t.Request).ToListAsync());
        return ids.Any(id => texts.Exists(t => t.Contains(id.ToString(), StringComparison.Ordinal)));
    }

    /// <summary>Only the id travels: what the job finds in the database decides.</summary>
    public void Enqueue(Guid id) => jobs.Enqueue<RunJob>(job => job.ExecuteAsync(id, CancellationToken.None));
}
