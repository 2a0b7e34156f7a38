using System.Data.Common;
using AsFT.Data;
using AsFT.Experiments.Events;
using AsFT.Web.Shared;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Runs.Supervision;

/// <summary>
/// Brings the lines of events.jsonl into the database, each once and in order, and then to the watchers. What the trainer
/// prints says that there is news; where its numbers leave a gap, the file fills it.
/// </summary>
public sealed class RunRecorder(IDbContextFactory<AppDbContext> contexts, RunBroadcast broadcast, AppPaths paths)
{
    /// <summary>Whether the database was away or full, which passes, while the file keeps the events.</summary>
    public static bool IsStorage(Exception e) => e is DbException or DbUpdateException or InvalidOperationException { InnerException: DbException or DbUpdateException or TimeoutException }; // so Npgsql wraps what may pass

    public string FileOf(Guid id) => Path.Combine(paths.Run(id), "events.jsonl");

    /// <summary>Before a run goes on: a file that ends before the database does has lost lines, and then it alone counts.</summary>
    public async Task AlignAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.Runs.Where(r => r.Id == id).Select(r => r.LastSeq).SingleAsync() > (EventLog.Read(FileOf(id)).LastOrDefault()?.Seq ?? 0))
        {
            await db.Events.Where(e => e.RunId == id).ExecuteDeleteAsync();
            await db.Points.Where(p => p.RunId == id).ExecuteDeleteAsync();
            await db.Runs.Where(r => r.Id == id).ExecuteUpdateAsync(u => u.SetProperty(r => r.LastSeq, 0));
        }
        await CatchUpAsync(id);
    }

    /// <summary>Takes over what the file holds and the database does not.</summary>
    public async Task CatchUpAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var last = await db.Runs.Where(r => r.Id == id).Select(r => r.LastSeq).SingleAsync();
        foreach (var part in EventLog.Read(FileOf(id), last).Chunk(1000)) await RecordAsync(id, part);
    }

    public async Task RecordAsync(Guid id, IReadOnlyList<RunEvent> printed)
    {
        if (printed.Count == 0) return;
        await using var db = await contexts.CreateDbContextAsync();
        var last = await db.Runs.Where(r => r.Id == id).Select(r => r.LastSeq).SingleAsync();
        var events = printed.Where(e => e.Seq > last).ToList();
        if (events.Count == 0) return;
        if (events[0].Seq > last + 1) events = [.. EventLog.Read(FileOf(id), last).TakeWhile(e => e.Seq < events[0].Seq), .. events];

        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await AdvanceAsync(db, id, last, events) == 0) return; // another process records this run
        db.Events.AddRange(events.Where(e => e is not Metrics).Select(e => new RunEventRow { RunId = id, Seq = e.Seq, Kind = e.GetType().Name.ToLowerInvariant(), Line = e.ToLine() }));
        db.Points.AddRange(events.SelectMany(e => Points(id, e)));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        await broadcast.EventsAsync(id, events.ConvertAll(e => e.ToLine()));
    }

    private static Task<int> AdvanceAsync(AppDbContext db, Guid id, long last, List<RunEvent> events)
    {
        var started = events.OfType<Started>().LastOrDefault();
        var step = events.Select(e => e switch { Metrics m => m.Step, LandscapePoint p => p.Step, Started s => s.ResumedAt, _ => -1 }).Where(s => s >= 0).Cast<int?>().LastOrDefault();
        return db.Runs.Where(r => r.Id == id && r.LastSeq == last).ExecuteUpdateAsync(u => u
            .SetProperty(r => r.LastSeq, events[^1].Seq)
            .SetProperty(r => r.Step, r => step ?? r.Step)
            .SetProperty(r => r.Steps, r => started == null ? r.Steps : started.Steps)
            .SetProperty(r => r.Device, r => started == null ? r.Device : started.Device));
    }

    /// <summary>Values that are no numbers have no place on a curve; the failed event names their step.</summary>
    private static IEnumerable<MetricPoint> Points(Guid id, RunEvent e)
    {
        var (step, epoch, values) = e switch
        {
            Metrics m => (m.Step, m.Epoch, m.Values),
            Evaluation v => (v.Step, v.Epoch, v.Values),
            _ => (0, 0, new Dictionary<string, double>()),
        };
        return values.Where(v => double.IsFinite(v.Value)).Select(v => new MetricPoint { RunId = id, Series = v.Key, Step = step, Epoch = epoch, Value = v.Value });
    }
}
