using AsFT.Data;
using Hangfire;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Runs.Supervision;

/// <summary>The job behind a queued run: claim it, have it trained, and settle how it ended.</summary>
public sealed class RunJob(IDbContextFactory<AppDbContext> contexts, RunSupervisor supervisor, RunRecorder recorder, IEnumerable<IRunFollower> followers, RunBroadcast broadcast, RunOwner owner, ILogger<RunJob> logger)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    [AutomaticRetry(Attempts = 0)]
    public async Task ExecuteAsync(Guid id, CancellationToken shutdown)
    {
        if (!await ClaimAsync(id)) // a second delivery, or stopped while it waited
        {
            await FollowAsync(id, shutdown);
            return;
        }
        await broadcast.StateAsync(id);
        RunOutcome outcome;
        try
        {
            outcome = await supervisor.TrainAsync(id, shutdown);
        }
        catch (Exception e) // whatever it is, the run must not stay "running"
        {
            logger.LogError(e, "Run {Run} could not be trained", id);
            outcome = new(RunState.Failed, e.Message);
        }
        await InsistAsync(() => recorder.CatchUpAsync(id), shutdown);
        await InsistAsync(() => SettleAsync(id, outcome), shutdown);
        await broadcast.StateAsync(id);
        await FollowAsync(id, shutdown);
    }

    private async Task FollowAsync(Guid id, CancellationToken shutdown)
    {
        foreach (var follower in followers) await InsistAsync(() => follower.FollowAsync(id), shutdown);
    }

    /// <summary>A database that is away or full for a while loses nothing: the file holds the events, and the end is written when it can be.</summary>
    private async Task InsistAsync(Func<Task> write, CancellationToken shutdown)
    {
        while (true)
        {
            try
            {
                await write();
                return;
            }
            catch (Exception e) when (RunRecorder.IsStorage(e) && !shutdown.IsCancellationRequested)
            {
                logger.LogError("The database cannot be written, trying again: {Problem}", e.InnerException?.Message ?? e.Message);
                await Task.Delay(Retry, CancellationToken.None);
            }
        }
    }

    private async Task<bool> ClaimAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Runs.Where(r => r.Id == id && r.State == RunState.Queued).ExecuteUpdateAsync(u => u
            .SetProperty(r => r.State, RunState.Running).SetProperty(r => r.Owner, owner.Name).SetProperty(r => r.HeartbeatAt, DateTime.UtcNow)
            .SetProperty(r => r.StartedAt, r => r.StartedAt ?? DateTime.UtcNow)) == 1;
    }

    private async Task SettleAsync(Guid id, RunOutcome outcome)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var finished = Run.IsOver(outcome.State) ? DateTime.UtcNow : (DateTime?)null;
        await db.Runs.Where(r => r.Id == id && r.Owner == owner.Name).ExecuteUpdateAsync(u => u
            .SetProperty(r => r.State, outcome.State).SetProperty(r => r.Cause, r => outcome.State == RunState.Stopped ? r.Cause ?? outcome.Cause : outcome.Cause) // whoever stopped it may have said why
            .SetProperty(r => r.FinishedAt, finished)
            .SetProperty(r => r.Owner, (string?)null));
    }
}
