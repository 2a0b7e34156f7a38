using AsFT.Data;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Runs;

/// <summary>One curve: values by step, in order.</summary>
public sealed record Series(string Name, IReadOnlyList<int> Steps, IReadOnlyList<double> Epochs, IReadOnlyList<double> Values);

/// <summary>A series in short. Best is the lowest value for losses and harmfulness, the highest for scores.</summary>
public sealed record SeriesSummary(double Final, double Min, double Max);

/// <summary>What of a run changes while a list of runs is on view.</summary>
public sealed record RunMark(RunState State, long Seq, DateTime? FinishedAt, string Name, string Tags, string Notes);

/// <summary>Reads what runs did.</summary>
public sealed class RunHistory(IDbContextFactory<AppDbContext> contexts)
{
    /// <summary>The newest first.</summary>
    /// <param name="most">how many; null: all</param>
    public async Task<IReadOnlyList<RunView>> ListAsync(int? most = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var newest = db.Runs.OrderByDescending(r => r.CreatedAt);
        return await ViewsAsync(db, most is { } few ? newest.Take(few) : newest);
    }

    /// <summary>Some runs, the newest first.</summary>
    public async Task<IReadOnlyList<RunView>> ListAsync(IReadOnlyCollection<Guid> ids)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await ViewsAsync(db, db.Runs.Where(r => ids.Contains(r.Id)).OrderByDescending(r => r.CreatedAt));
    }

    private static async Task<IReadOnlyList<RunView>> ViewsAsync(AppDbContext db, IQueryable<Run> of)
    {
        var runs = await of.AsNoTracking().ToListAsync();
        var waiting = await db.Runs.Where(r => r.State == RunState.Queued).OrderBy(r => r.QueuedAt).Select(r => r.Id).ToListAsync();
        return [.. runs.Select(r => RunView.Of(r, r.State == RunState.Queued ? waiting.IndexOf(r.Id) + 1 : null))];
    }

    /// <summary>Basins alone, the newest first.</summary>
    public async Task<IReadOnlyList<RunView>> BasinsAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        var basins = await db.Runs.AsNoTracking().Where(r => r.Specification.Contains("\"task\":\"basin\"")).OrderByDescending(r => r.CreatedAt).ToListAsync();
        return basins.ConvertAll(r => RunView.Of(r, null));
    }

    /// <summary>For every run a mark that changes when it moves or is described anew.</summary>
    public async Task<IReadOnlyDictionary<Guid, RunMark>> MarksAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Runs.Select(r => new { r.Id, Mark = new RunMark(r.State, r.LastSeq, r.FinishedAt, r.Name, r.Tags, r.Notes) }).ToDictionaryAsync(r => r.Id, r => r.Mark);
    }

    public async Task<RunView?> FindAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id) is not { } run) return null;
        var before = run.State == RunState.Queued ? await db.Runs.CountAsync(r => r.State == RunState.Queued && r.QueuedAt < run.QueuedAt) + 1 : (int?)null;
        return RunView.Of(run, before);
    }

    /// <summary>Also one that is not there any more.</summary>
    public async Task<bool> IsOverAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Runs.Where(r => r.Id == id).Select(r => (RunState?)r.State).SingleOrDefaultAsync() is not { } state || Run.IsOver(state);
    }

    public async Task<IReadOnlyList<Series>> SeriesAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await CurvesAsync(db.Points.Where(p => p.RunId == id));
    }

    /// <summary>The curves by which a run is compared with its repeat: losses and scores, not what they cost.</summary>
    public async Task<IReadOnlyList<Series>> ResultsAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await CurvesAsync(db.Points.Where(p => p.RunId == id && p.Series.Contains("/") && !p.Series.StartsWith("memory/")));
    }

    private static async Task<IReadOnlyList<Series>> CurvesAsync(IQueryable<MetricPoint> of)
    {
        var points = await of.AsNoTracking().OrderBy(p => p.Series).ThenBy(p => p.Step).ToListAsync();
        return [.. points.GroupBy(p => p.Series).Select(g => new Series(g.Key, [.. g.Select(p => p.Step)], [.. g.Select(p => p.Epoch)], [.. g.Select(p => p.Value)]))];
    }

    /// <summary>The last, lowest and highest value of every series of some runs; what was measured before the first step says nothing of a run, but for a basin, which makes none.</summary>
    /// <param name="labels">also those of single labels, of which a run may have hundreds</param>
    public async Task<IReadOnlyDictionary<Guid, IReadOnlyDictionary<string, SeriesSummary>>> SummariesAsync(IReadOnlyCollection<Guid> ids, bool labels = false)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var basins = await db.Runs.Where(r => ids.Contains(r.Id) && r.Specification.Contains("\"task\":\"basin\"")).Select(r => r.Id).ToListAsync();
        var points = db.Points.Where(p => ids.Contains(p.RunId) && (p.Step > 0 || basins.Contains(p.RunId)) && (labels || !p.Series.StartsWith("f1/")));
        var shorts = await points.GroupBy(p => new { p.RunId, p.Series })
            .Select(g => new { g.Key.RunId, g.Key.Series, Last = g.Max(p => p.Step), Min = g.Min(p => p.Value), Max = g.Max(p => p.Value) }).ToListAsync();
        var finals = await (from p in db.Points
                            join g in points.GroupBy(p => new { p.RunId, p.Series }).Select(g => new { g.Key.RunId, g.Key.Series, Step = g.Max(p => p.Step) })
                                on new { p.RunId, p.Series, p.Step } equals new { g.RunId, g.Series, g.Step }
                            select new { p.RunId, p.Series, p.Value }).ToDictionaryAsync(p => (p.RunId, p.Series), p => p.Value);
        return shorts.GroupBy(s => s.RunId).ToDictionary(g => g.Key, g => (IReadOnlyDictionary<string, SeriesSummary>)g.ToDictionary(
            s => s.Series, s => new SeriesSummary(finals[(s.RunId, s.Series)], s.Min, s.Max)));
    }

    /// <summary>One value of a series; null where it was not measured at that step.</summary>
    public async Task<double?> ValueAsync(Guid id, string series, int step)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Points.Where(p => p.RunId == id && p.Series == series && p.Step == step).Select(p => (double?)p.Value).SingleOrDefaultAsync();
    }

    /// <summary>Events of one kind, the newest first.</summary>
    public async Task<IReadOnlyList<T>> EventsAsync<T>(Guid id, int count) where T : RunEvent
    {
        var kind = typeof(T).Name.ToLowerInvariant();
        await using var db = await contexts.CreateDbContextAsync();
        var lines = await db.Events.Where(e => e.RunId == id && e.Kind == kind).OrderByDescending(e => e.Seq).Take(count).Select(e => e.Line).ToListAsync();
        return lines.ConvertAll(l => (T)RunEvent.Parse(l));
    }

    /// <summary>Time a step, evaluations included, of the latest finished run with the same model, data and evaluation; null if there is none.</summary>
    public async Task<TimeSpan?> PaceAsync(RunSpecification s)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var finished = await db.Runs.AsNoTracking().Where(r => r.State == RunState.Completed && r.Steps > 0).OrderByDescending(r => r.FinishedAt).Take(50).ToListAsync();
        var alike = finished.FirstOrDefault(r => What(SpecificationText.FromJson(r.Specification)) == What(s));
        var ended = alike is null ? null : (await EventsAsync<Finished>(alike.Id, 1)).FirstOrDefault();
        var started = alike is null ? null : (await EventsAsync<Started>(alike.Id, 1)).FirstOrDefault();
        return ended is null || started is not { ResumedAt: 0 } ? null : TimeSpan.FromSeconds(ended.Seconds) / ended.Step;
    }

    /// <summary>What decides the time of a step, but for the number of steps between evaluations.</summary>
    private static string What(RunSpecification s) => string.Join('|', [
        s.Task.ToString(), (s.Classifier with { Encoder = Pinned.Label(s.Classifier.Encoder ?? "") }).ToString(), s.Loss.Kind.ToString(), Pinned.Label(s.Model.Aligned), .. s.Data.Train.Select(Pinned.Label), s.Data.MaxLength.ToString(), s.Data.Batching.ToString(), s.Training.BatchSize.ToString(), s.Training.Accumulation.ToString(),
        s.Training.Device, s.Training.Precision.ToString(), s.Training.Recompute.ToString(), s.Method.Kind.ToString(), string.Join(',', s.Method.With), s.Lora.Rank.ToString(), string.Join(',', s.Lora.Targets),
        Pinned.Label(s.Evaluation.HarmfulPrompts ?? ""), Pinned.Label(s.Evaluation.Task ?? ""), s.Evaluation.HarmfulLimit.ToString(), s.Evaluation.TaskLimit.ToString(), s.Evaluation.EveryEpochs.ToString(), s.Evaluation.EverySteps.ToString(), s.Judge.Form.ToString(), s.Basin.FirstToken.ToString()]);

    /// <exception cref="SpecificationException">with each part that is at fault</exception>
    public async Task DescribeAsync(Guid id, RunDescription description)
    {
        if (description.Faults() is { Count: > 0 } faults) throw new SpecificationException(faults);
        var (name, tags, notes) = (description.Name?.Trim(), description.Tags?.Trim(), description.Notes?.Trim());
        await using var db = await contexts.CreateDbContextAsync();
        await db.Runs.Where(r => r.Id == id).ExecuteUpdateAsync(u => u.SetProperty(r => r.Name, r => name ?? r.Name).SetProperty(r => r.Tags, r => tags ?? r.Tags).SetProperty(r => r.Notes, r => notes ?? r.Notes));
    }
}
