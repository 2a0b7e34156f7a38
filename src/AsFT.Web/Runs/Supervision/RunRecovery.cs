using System.Diagnostics;
using System.Globalization;
using AsFT.Data;
using Hangfire;
using Hangfire.States;
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
public sealed class RunRecovery(IDbContextFactory<AppDbContext> contexts, RunQueue queue, JobStorage jobs, RunBroadcast broadcast, ILogger<RunRecovery> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15), Lost = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Every);
        var first = true;
        do
            try
            {
                foreach (var id in (await ReleaseAsync(stopping)).Union(await ForgottenAsync(first, stopping))) queue.Enqueue(id); // a second delivery does nothing
                first = false;
            }
            catch (Exception e) when (RunRecorder.IsStorage(e)) // a database that is away for a moment must not end the site
            {
                logger.LogWarning("What was left behind is looked for again in {Seconds} s: {Problem}", Every.TotalSeconds, e.InnerException?.Message ?? e.Message);
            }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    /// <summary>Runs that wait without a job: at the start all, as the in-memory storage of jobs forgets; later those that still wait when no job is left.</summary>
    private async Task<List<Guid>> ForgottenAsync(bool all, CancellationToken cancel)
    {
        if (!all && jobs.GetMonitoringApi().EnqueuedCount(EnqueuedState.DefaultQueue) > 0) return [];
        var since = DateTime.UtcNow - (all ? TimeSpan.Zero : Lost);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.Runs.Where(r => r.State == RunState.Queued && r.QueuedAt <= since).OrderBy(r => r.QueuedAt).Select(r => r.Id).ToListAsync(cancel);
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
