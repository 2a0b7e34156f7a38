using AsFT.Data;
using AsFT.Experiments.Specification;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Runs.Setup;

/// <summary>The runs that a setting may name: fine-tuning runs that are over and left a result.</summary>
public sealed class EarlierRuns(IDbContextFactory<AppDbContext> contexts, RunFiles files)
{
    private const int MostOffered = 200;
    private const string FineTuning = "\"task\":\"fine_tuning\"";

    /// <summary>Those to choose from, the newest first: how each reads, by its id.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ListAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        var over = await db.Runs.Where(r => (r.State == RunState.Completed || r.State == RunState.Stopped) && r.Specification.Contains(FineTuning))
            .OrderByDescending(r => r.CreatedAt).Take(MostOffered).Select(r => new { r.Id, r.Name }).ToListAsync();
        return over.Where(r => files.HasResult(r.Id)).ToDictionary(r => r.Id.ToString(), r => Words(r.Name, r.Id));
    }

    /// <summary>A name and the end of the id: runs that were queued together begin alike.</summary>
    public static string Words(string name, Guid id) => $"{name} (…{id.ToString("N")[^6..]})";

    /// <summary>The run that an id or a name stands for; null where a fault was added.</summary>
    public async Task<Run?> FindAsync(AppDbContext db, Reference r, List<Fault> faults)
    {
        var named = Guid.TryParse(r.Value, out var id) ? await db.Runs.Where(x => x.Id == id).ToListAsync() : await db.Runs.Where(x => x.Name == r.Value).ToListAsync();
        var usable = named.Where(x => Problem(x) is null).ToList();
        if (usable is [var only]) return only;
        faults.Add(new(r.Path, named.Count == 0 ? $"there is no run '{r.Value}' (any more); choose a finished one"
            : usable.Count == 0 ? $"names '{named[0].Name}', {Problem(named[0])}"
            : $"{usable.Count} finished runs are named '{r.Value}'; give the id of the one that is meant, as its address has it"));
        return null;
    }

    /// <summary>Whether the run is of the model that is to be trained, and the runs it went on from are still there.</summary>
    public async Task CheckAsync(AppDbContext db, Run run, Model aligned, List<Fault> faults)
    {
        for (var below = run; ;)
        {
            var model = SpecificationText.FromJson(below.Specification).Model;
            if (Pinned.Parse(model.Aligned)?.Sha256 != aligned.Sha256) faults.Add(new("model.after", $"'{below.Name}' trained {Pinned.Label(model.Aligned)}, which is another model than {aligned.Name}; take that one as model.aligned, or another run"));
            if (string.IsNullOrEmpty(model.After) || files.HasWholeModel(below.Id)) return;
            if (await FindAsync(db, new("model.after", ReferenceKind.Run, model.After), faults) is not { } next) return;
            below = next;
        }
    }

    /// <summary>Whether what a run learnt leads away from the model itself, as a direction or a path must.</summary>
    public static void CheckStart(string path, Run run, Model? aligned, List<Fault> faults)
    {
        var specification = SpecificationText.FromJson(run.Specification);
        if (aligned is not null && Pinned.Parse(specification.Model.Aligned)?.Sha256 != aligned.Sha256) faults.Add(new(path, $"'{run.Name}' trained {Pinned.Label(specification.Model.Aligned)}, and the basin is of {aligned.Name}; choose a run that trained the latter"));
        else if (!string.IsNullOrEmpty(specification.Model.After)) faults.Add(new(path, $"'{run.Name}' went on from another run, so its update does not lead away from {Pinned.Label(specification.Model.Aligned)}; choose one that began there"));
        else if (path == "basin.path_run" && !specification.Training.Snapshots) faults.Add(new(path, $"'{run.Name}' kept no snapshots of its adapter; choose one that was run with training.snapshots"));
    }

    private string? Problem(Run run) =>
        !run.Specification.Contains(FineTuning, StringComparison.Ordinal) ? "which is no fine-tune; choose a run that fine-tuned a language model"
        : !Run.IsOver(run.State) ? "which is not over yet; wait for its end"
        : run.State is not (RunState.Completed or RunState.Stopped) ? $"which {(run.State == RunState.Crashed ? "broke off" : run.State.ToString().ToLowerInvariant())}; resume it, or choose one that has completed"
        : files.HasResult(run.Id) ? null : "which left neither an adapter nor a model; choose another one";
}
