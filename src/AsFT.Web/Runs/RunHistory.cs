using AsFT.Data;
using AsFT.Experiments.Events;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Runs;

/// <summary>One curve: values by step, in order.</summary>
public sealed record Series(string Name, IReadOnlyList<int> Steps, IReadOnlyList<double> Epochs, IReadOnlyList<double> Values);

/// <summary>A series in short. Best is the lowest value for losses and harmfulness, the highest for scores.</summary>
public sealed record SeriesSummary(double Final, double Min, double Max);

/// <summary>Reads what runs did.</summary>
public sealed class RunHistory(IDbContextFactory<AppDbContext> contexts)
{
    public async Task<IReadOnlyList<RunView>> ListAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        var runs = await db.Runs.AsNoTracking().OrderByDescending(r => r.CreatedAt).ToListAsync();
        var waiting = runs.Where(r => r.State == RunState.Queued).OrderBy(r => r.QueuedAt).Select(r => r.Id).ToList();
        return [.. runs.Select(r => RunView.Of(r, r.State == RunState.Queued ? waiting.IndexOf(r.Id) + 1 : null))];
    }

    public async Task<RunView?> FindAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id) is not { } run) return null;
        var before = run.State == RunState.Queued ? await db.Runs.CountAsync(r => r.State == RunState.Queued && r.QueuedAt < run.QueuedAt) + 1 : (int?)null;
        return RunView.Of(run, before);
    }

    public async Task<IReadOnlyList<Series>> SeriesAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var points = await db.Points.AsNoTracking().Where(p => p.RunId == id).OrderBy(p => p.Series).ThenBy(p => p.Step).ToListAsync();
        return [.. points.GroupBy(p => p.Series).Select(g => new Series(g.Key, [.. g.Select(p => p.Step)], [.. g.Select(p => p.Epoch)], [.. g.Select(p => p.Value)]))];
    }

    /// <summary>The last, lowest and highest value of every series of some runs.</summary>
    public async Task<IReadOnlyDictionary<Guid, IReadOnlyDictionary<string, SeriesSummary>>> SummariesAsync(IReadOnlyCollection<Guid> ids)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var shorts = await db.Points.Where(p => ids.Contains(p.RunId)).GroupBy(p => new { p.RunId, p.Series })
            .Select(g => new { g.Key.RunId, g.Key.Series, Last = g.Max(p => p.Step), Min = g.Min(p => p.Value), Max = g.Max(p => p.Value) }).ToListAsync();
        var finals = await (from p in db.Points
                            join g in db.Points.Where(p => ids.Contains(p.RunId)).GroupBy(p => new { p.RunId, p.Series }).Select(g => new { g.Key.RunId, g.Key.Series, Step = g.Max(p => p.Step) })
                                on new { p.RunId, p.Series, p.Step } equals new { g.RunId, g.Series, g.Step }
                            select new { p.RunId, p.Series, p.Value }).ToDictionaryAsync(p => (p.RunId, p.Series), p => p.Value);
        return shorts.GroupBy(s => s.RunId).ToDictionary(g => g.Key, g => (IReadOnlyDictionary<string, SeriesSummary>)g.ToDictionary(
            s => s.Series, s => new SeriesSummary(finals[(s.RunId, s.Series)], s.Min, s.Max)));
    }

    /// <summary>Events of one kind, the newest first.</summary>
    public async Task<IReadOnlyList<T>> EventsAsync<T>(Guid id, int count) where T : RunEvent
    {
        var kind = typeof(T).Name.ToLowerInvariant();
        await using var db = await contexts.CreateDbContextAsync();
        var lines = await db.Events.Where(e => e.RunId == id && e.Kind == kind).OrderByDescending(e => e.Seq).Take(count).Select(e => e.Line).ToListAsync();
        return lines.ConvertAll(l => (T)RunEvent.Parse(l));
    }

    public async Task DescribeAsync(Guid id, string name, string tags, string notes)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await db.Runs.Where(r => r.Id == id).ExecuteUpdateAsync(u => u.SetProperty(r => r.Name, name).SetProperty(r => r.Tags, tags).SetProperty(r => r.Notes, notes));
    }
}
