using AsFT.Data;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Tournaments;
using AsFT.Web.Runs;
using AsFT.Web.Runs.Setup;
using AsFT.Web.Runs.Supervision;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Lab.Tournaments;

/// <summary>
/// Goes on with tournaments: after each of their runs, at start and now and then. It keeps nothing in mind: what is next follows from the
/// stored runs, and a run is added only while those it was computed from still stand.
/// </summary>
public sealed class TournamentDriver(IDbContextFactory<AppDbContext> contexts, TournamentHistory history, RunResolver resolver, RunQueue queue, RunWorkers workers) : IRunFollower
{
    public async Task FollowAsync(Guid run)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.Runs.Where(r => r.Id == run).Select(r => r.TournamentId).SingleOrDefaultAsync() is { } tournament) await AdvanceAsync(tournament);
    }

    public async Task AdvanceAllAsync(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        foreach (var id in await db.Tournaments.Where(t => t.State == TournamentState.Running).Select(t => t.Id).ToListAsync(cancel)) await AdvanceAsync(id);
    }

    /// <summary>Queues what there is room for; ends the tournament when nothing is left.</summary>
    public async Task AdvanceAsync(Guid id)
    {
        while (await history.FindAsync(id) is { State: TournamentState.Running } tournament)
        {
            var plan = new TournamentPlan(tournament.Request, tournament.Runs);
            if (plan.IsFinished) await CompleteAsync(tournament);
            var most = tournament.Request.AtOnce is > 0 and var asked ? asked : workers.Count;
            if (plan.IsFinished || tournament.OnTheirWay >= most || plan.Left.FirstOrDefault() is not { } next) return;
            var run = await RunAsync(tournament, next);
            if (!await AddAsync(run, tournament.Runs.Count)) continue;
            if (run.State == RunState.Queued) queue.Enqueue(run.Id);
            else await StopAsync(id); // the next ones would lack the same
        }
    }

    /// <summary>The run of a cell with a seed. Where what it names is not there any more it has failed from the start, says so, and stops the tournament.</summary>
    private async Task<Run> RunAsync(TournamentView tournament, TournamentRunKey next)
    {
        var specification = TournamentPlan.SpecificationOf(tournament.Request, next, []);
        var cause = (string?)null;
        try
        {
            specification = await resolver.ResolveAsync(specification);
        }
        catch (SpecificationException e)
        {
            cause = "It cannot run: " + string.Join("; ", e.Faults);
        }
        return new()
        {
            Name = specification.Name, Specification = SpecificationText.ToJson(specification), Hash = SpecificationText.Hash(specification), Tags = "tournament:" + tournament.Name,
            State = cause is null ? RunState.Queued : RunState.Failed, Cause = cause, FinishedAt = cause is null ? null : DateTime.UtcNow,
            TournamentId = tournament.Id, Cell = next.Cell.Key, Seed = next.Seed,
        };
    }

    /// <summary>Adds a run if the tournament still goes on and has as many runs as were seen. The first update makes others wait for this one.</summary>
    private async Task<bool> AddAsync(Run run, int seen)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await db.Tournaments.Where(t => t.Id == run.TournamentId && t.State == TournamentState.Running).ExecuteUpdateAsync(u => u.SetProperty(t => t.State, TournamentState.Running)) == 0) return false;
        if (await db.Runs.CountAsync(r => r.TournamentId == run.TournamentId) != seen) return false;
        db.Runs.Add(run);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return true;
    }

    private async Task StopAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await db.Tournaments.Where(t => t.Id == id && t.State == TournamentState.Running).ExecuteUpdateAsync(u => u.SetProperty(t => t.State, TournamentState.Stopped).SetProperty(t => t.FinishedAt, DateTime.UtcNow));
    }

    private async Task CompleteAsync(TournamentView tournament)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await db.Tournaments.Where(t => t.Id == tournament.Id && t.State == TournamentState.Running && db.Runs.Count(r => r.TournamentId == t.Id) == tournament.Runs.Count)
            .ExecuteUpdateAsync(u => u.SetProperty(t => t.State, TournamentState.Completed).SetProperty(t => t.FinishedAt, DateTime.UtcNow));
    }
}
