using AsFT.Data;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Tournaments;
using AsFT.Web.Runs;
using AsFT.Web.Runs.Setup;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Lab.Tournaments;

/// <summary>What people ask of tournaments: start, stop, go on, delete.</summary>
public sealed class TournamentQueue(IDbContextFactory<AppDbContext> contexts, RunResolver resolver, RunQueue runs, TournamentDriver driver)
{
    /// <exception cref="SpecificationException">with every fault and its place</exception>
    public async Task<Guid> StartAsync(TournamentRequest request)
    {
        if (TournamentRules.Check(request) is { Count: > 0 } faults) throw new SpecificationException(faults);
        var pinned = await PinAsync(request);
        var tournament = new Tournament { Name = request.Name.Trim(), Request = pinned.ToJson() };
        await using (var db = await contexts.CreateDbContextAsync())
        {
            db.Tournaments.Add(tournament);
            await db.SaveChangesAsync();
        }
        await driver.AdvanceAsync(tournament.Id);
        return tournament.Id;
    }

    /// <summary>Queues nothing more, and stops the runs that wait or train; what they have is kept.</summary>
    public async Task StopAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await db.Tournaments.Where(t => t.Id == id && t.State == TournamentState.Running).ExecuteUpdateAsync(u => u.SetProperty(t => t.State, TournamentState.Stopped).SetProperty(t => t.FinishedAt, DateTime.UtcNow));
        if (!await db.Tournaments.AnyAsync(t => t.Id == id && t.State == TournamentState.Stopped)) return;
        foreach (var run in await db.Runs.Where(r => r.TournamentId == id && (r.State == RunState.Queued || r.State == RunState.Running)).Select(r => r.Id).ToListAsync()) await runs.StopAsync(run);
    }

    /// <summary>Goes on: stopped runs from their last checkpoints, and then what is left. False while runs are still stopping.</summary>
    /// <exception cref="SpecificationException">what it names is not there any more</exception>
    public async Task<bool> ResumeAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.Runs.AnyAsync(r => r.TournamentId == id && r.State == RunState.Stopping)) return false;
        if (await db.Tournaments.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id && (t.State == TournamentState.Stopped || t.State == TournamentState.Completed)) is not { } tournament) return true;
        await PinAsync(TournamentRequest.FromJson(tournament.Request));
        foreach (var run in await db.Runs.Where(r => r.TournamentId == id && r.State == RunState.Stopped).Select(r => r.Id).ToListAsync()) await runs.ResumeAsync(run);
        await db.Tournaments.Where(t => t.Id == id && t.State == tournament.State).ExecuteUpdateAsync(u => u.SetProperty(t => t.State, TournamentState.Running).SetProperty(t => t.FinishedAt, (DateTime?)null));
        await driver.AdvanceAsync(id);
        return true;
    }

    /// <summary>Removes a tournament with its runs. False if it goes on, one of them still waits or trains, or is needed by another that does.</summary>
    public async Task<bool> DeleteAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (await runs.AreNeededAsync(await db.Runs.Where(r => r.TournamentId == id).Select(r => r.Id).ToListAsync())) return false;
        var deleted = await db.Tournaments.Where(t => t.Id == id && (t.State == TournamentState.Stopped || t.State == TournamentState.Completed) && !db.Runs.Any(r => r.TournamentId == id && (r.State == RunState.Queued || r.State == RunState.Running || r.State == RunState.Stopping)))
            .ExecuteUpdateAsync(u => u.SetProperty(t => t.State, TournamentState.Deleted));
        if (deleted == 0) return false;
        foreach (var run in await db.Runs.Where(r => r.TournamentId == id).Select(r => r.Id).ToListAsync()) await runs.DeleteAsync(run);
        return true;
    }

    /// <summary>Every name stands for what it means now. Each world, poison entry and method is resolved as its runs will be, so that what is missing is told before the first of them.</summary>
    private async Task<TournamentRequest> PinAsync(TournamentRequest request)
    {
        var (pins, faults) = (new Dictionary<(ReferenceKind Kind, string Name), string>(), new List<Fault>());
        foreach (var (cell, at) in Probes(request))
        {
            var asked = TournamentPlan.SpecificationOf(request, new(cell, request.Specification.Training.Seed), []);
            try
            {
                var resolved = References.In(await resolver.ResolveAsync(asked)).ToDictionary(r => r.Path, r => r.Value);
                foreach (var r in References.In(asked)) pins[(r.Kind, r.Value)] = resolved[r.Path];
            }
            catch (SpecificationException e)
            {
                faults.AddRange(e.Faults.Select(f => new Fault(at, f.ToString())));
            }
        }
        return faults.Count == 0 ? request.Replace(r => pins.GetValueOrDefault((r.Kind, r.Value), r.Value)) : throw new SpecificationException([.. faults.DistinctBy(f => f.Problem)]);
    }

    private static IEnumerable<(TournamentCell Cell, string At)> Probes(TournamentRequest r) =>
        from world in r.Worlds.Index()
        from poison in r.Poison.Index()
        from method in r.Methods.Index()
        let strength = method.Item.Strength is { } grid ? TournamentCell.Text(grid.Values[0]) : null
        select (new TournamentCell(world.Item.Name, poison.Item.Name, method.Item.Name, strength),
            method.Index > 0 ? $"methods.{method.Index}" : poison.Index > 0 ? $"poison.{poison.Index}" : world.Index > 0 ? $"worlds.{world.Index}" : "specification");
}
