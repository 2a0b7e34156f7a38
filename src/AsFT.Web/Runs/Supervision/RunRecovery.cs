using System.Diagnostics;
using System.Globalization;
using AsFT.Data;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Runs.Supervision;

/// <summary>This process, as the owner of the runs it trains: machine, process id and when it started.</summary>
public sealed class RunOwner
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    public string Name { get; } = Describe(Process.GetCurrentProcess());

    /// <summary>On this machine the process is looked up; of another one only the heartbeat is known.</summary>
    public static bool IsAlive(string? owner, DateTime? heartbeat)
    {
        if (owner?.Split('/') is [var machine, var id, _] && machine == Environment.MachineName)
        {
            try
            {
                using var process = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
                return Describe(process) == owner;
            }
            catch (ArgumentException)
            {
                return false;
            }
        }
        return DateTime.UtcNow - heartbeat < Silence;
    }

    private static string Describe(Process p) => FormattableString.Invariant($"{Environment.MachineName}/{p.Id}/{p.StartTime.ToUniversalTime().Ticks / TimeSpan.TicksPerSecond}");
}

/// <summary>Takes up again what a crash left behind: at start, and while the site runs, for other machines' runs.</summary>
public sealed class RunRecovery(IDbContextFactory<AppDbContext> contexts, RunQueue queue, RunBroadcast broadcast, ILogger<RunRecovery> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await ReleaseAsync(stopping);
        await using (var db = await contexts.CreateDbContextAsync(stopping)) // in-memory job storage forgets; a second delivery does nothing
            foreach (var id in await db.Runs.Where(r => r.State == RunState.Queued).OrderBy(r => r.QueuedAt).Select(r => r.Id).ToListAsync(stopping)) queue.Enqueue(id);
        using var timer = new PeriodicTimer(Every);
        while (await timer.WaitForNextTickAsync(stopping))
            foreach (var id in await ReleaseAsync(stopping)) queue.Enqueue(id);
    }

    /// <summary>Runs whose process is gone wait again, or are stopped if that was asked for.</summary>
    private async Task<List<Guid>> ReleaseAsync(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var held = await db.Runs.Where(r => r.State == RunState.Running || r.State == RunState.Stopping).Select(r => new { r.Id, r.State, r.Owner, r.HeartbeatAt }).ToListAsync(cancel);
        var waiting = new List<Guid>();
        foreach (var run in held.Where(r => !RunOwner.IsAlive(r.Owner, r.HeartbeatAt)))
        {
            var next = run.State == RunState.Stopping ? RunState.Stopped : RunState.Queued;
            var changed = await db.Runs.Where(r => r.Id == run.Id && r.Owner == run.Owner && r.State == run.State).ExecuteUpdateAsync(u => u
                .SetProperty(r => r.State, next).SetProperty(r => r.Owner, (string?)null)
                .SetProperty(r => r.FinishedAt, next == RunState.Stopped ? DateTime.UtcNow : null), cancel);
            if (changed == 0) continue;
            logger.LogWarning("Run {Run} was left behind by {Owner}; it is {State} now", run.Id, run.Owner, next);
            if (next == RunState.Queued) waiting.Add(run.Id);
            await broadcast.StateAsync(run.Id);
        }
        return waiting;
    }
}
