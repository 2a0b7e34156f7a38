using System.Text.Json;
using System.Text.Json.Nodes;
using AsFT.Data;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Search;
using AsFT.Experiments.Specification;
using AsFT.Web.Runs;
using AsFT.Web.Runs.Setup;
using AsFT.Web.Shared;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Sweeps;

/// <summary>What people ask of sweeps: start, stop, go on.</summary>
public sealed class SweepQueue(IDbContextFactory<AppDbContext> contexts, RunResolver resolver, RunQueue runs, SweepHistory history, SweepDriver driver, AppPaths paths)
{
    /// <exception cref="SpecificationException">with every fault and its path</exception>
    public async Task<Guid> StartAsync(SweepRequest request)
    {
        var faults = SweepRules.Check(request);
        var basis = await resolver.ResolveAsync(request.Specification, faults);
        var space = await PinnedAsync(request);
        if (SweepRules.CheckLabel(request.Options.Objective, () => basis.Data.Train.Select(t => DatasetFolder.At(paths.Datasets, Pinned.Parse(t)!.Sha256).Summary)) is { } unknown) throw new SpecificationException([unknown]);
        var (options, objective) = (request.Options, request.Options.Objective ?? Objective.Of(basis)[0]);
        var sweep = new Sweep
        {
            Name = string.IsNullOrWhiteSpace(options.Name) ? Short(basis.Name) : options.Name.Trim(), Specification = SpecificationText.ToJson(basis), Space = JsonSerializer.Serialize(space, SpecificationText.Json),
            Algorithm = options.Algorithm, Seed = options.Seed, Points = request.Points, Seeds = options.Seeds, Objective = objective, Direction = options.Direction ?? Objective.Usual(objective),
            Pruning = options.Pruning, AtOnce = options.AtOnce,
        };
        await using (var db = await contexts.CreateDbContextAsync())
        {
            db.Sweeps.Add(sweep);
            await db.SaveChangesAsync();
        }
        await driver.AdvanceAsync(sweep.Id);
        return sweep.Id;
    }

    /// <summary>Names that are searched stand for what they mean now, as those of the specification do.</summary>
    private async Task<SearchSpace> PinnedAsync(SweepRequest request)
    {
        var (dimensions, faults) = (request.Space.Search.ToList(), new List<Fault>());
        for (var i = 0; i < dimensions.Count; i++)
            if (SearchSpace.IsReference(dimensions[i].Setting)) dimensions[i] = dimensions[i] with { Values = await PinnedAsync(request.Specification, dimensions[i], $"search.{i}", faults) };
        return faults.Count == 0 ? request.Space with { Search = dimensions } : throw new SpecificationException(faults);
    }

    private async Task<IReadOnlyList<JsonValue>> PinnedAsync(RunSpecification basis, SearchDimension dimension, string path, List<Fault> faults)
    {
        var values = new List<JsonValue>();
        foreach (var value in dimension.Values)
        {
            try
            {
                var resolved = await resolver.ResolveAsync(SearchSpace.Apply(basis, new Dictionary<string, JsonValue> { [dimension.Setting] = value }));
                values.Add(JsonValue.Create(References.In(resolved).First(r => r.Path == dimension.Setting || r.Path == dimension.Setting + "[0]").Value));
            }
            catch (SpecificationException e)
            {
                faults.AddRange(e.Faults.Select(f => new Fault(path, f.ToString())));
            }
        }
        return values;
    }

    /// <summary>Queues nothing more, and stops the runs that wait or train; what they have is kept.</summary>
    public async Task StopAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var stopped = await db.Sweeps.Where(s => s.Id == id && s.State == SweepState.Running).ExecuteUpdateAsync(u => u.SetProperty(s => s.State, SweepState.Stopped).SetProperty(s => s.FinishedAt, DateTime.UtcNow));
        if (stopped == 0) return;
        foreach (var run in await db.Runs.Where(r => r.SweepId == id && (r.State == RunState.Queued || r.State == RunState.Running)).Select(r => r.Id).ToListAsync()) await runs.StopAsync(run);
    }

    /// <summary>Goes on, also with one that had ended and lacks runs since: stopped runs from their last checkpoints, and then what is left. False while runs are still stopping.</summary>
    public async Task<bool> ResumeAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.Runs.AnyAsync(r => r.SweepId == id && r.State == RunState.Stopping)) return false;
        if (await history.FindAsync(id) is { State: SweepState.Completed, CanGoOn: false }) return true; // nothing is missing, and it keeps the time of its end
        var changed = await db.Sweeps.Where(s => s.Id == id && s.State != SweepState.Running).ExecuteUpdateAsync(u => u.SetProperty(s => s.State, SweepState.Running).SetProperty(s => s.FinishedAt, (DateTime?)null));
        if (changed == 0) return true;
        var stopped = await db.Runs.Where(r => r.SweepId == id && r.State == RunState.Stopped && (r.Cause == null || !r.Cause.StartsWith(PointRun.PrunedMark))).Select(r => r.Id).ToListAsync();
        foreach (var run in stopped) await runs.ResumeAsync(run);
        await driver.AdvanceAsync(id);
        return true;
    }

    /// <summary>Removes a sweep with its runs. False if it goes on, one of them still waits or trains, or is needed by another that does.</summary>
    public async Task<bool> DeleteAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (!await db.Sweeps.AnyAsync(s => s.Id == id && s.State != SweepState.Running)) return false;
        var all = await db.Runs.Where(r => r.SweepId == id).Select(r => new { r.Id, r.State }).ToListAsync();
        if (all.Exists(r => !Run.IsOver(r.State)) || await runs.AreNeededAsync([.. all.Select(r => r.Id)])) return false;
        foreach (var run in all) await runs.DeleteAsync(run.Id);
        return await db.Sweeps.Where(s => s.Id == id && s.State != SweepState.Running && !db.Runs.Any(r => r.SweepId == id)).ExecuteDeleteAsync() > 0; // the row last: a crash before leaves a sweep that can be deleted again
    }

    private static string Short(string name) => name.Length <= SweepRules.LongestName ? name : name[..SweepRules.LongestName];
}
