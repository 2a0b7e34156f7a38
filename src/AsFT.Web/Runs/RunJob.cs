using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using AsFT.Data;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Web.Shared;
using Hangfire;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Runs;

/// <summary>How a run ended, or that it waits again.</summary>
public sealed record RunOutcome(RunState State, string? Cause = null);

/// <summary>The job behind a queued run: claim it, train it in a child process, record what that says, and settle the outcome.</summary>
public sealed class RunJob(IDbContextFactory<AppDbContext> contexts, RunRecorder recorder, RunBroadcast broadcast, RunOwner owner, AppPaths paths, ILogger<RunJob> logger)
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(40), Look = TimeSpan.FromMilliseconds(500), Patience = TimeSpan.FromSeconds(3.5), Heartbeat = TimeSpan.FromSeconds(5), Retry = TimeSpan.FromSeconds(2);

    [AutomaticRetry(Attempts = 0)]
    public async Task ExecuteAsync(Guid id, CancellationToken shutdown)
    {
        if (!await ClaimAsync(id)) return; // a second delivery, or stopped while it waited
        await broadcast.StateAsync(id);
        RunOutcome outcome;
        try
        {
            outcome = await TrainAsync(id, shutdown);
        }
        catch (Exception e) // whatever it is, the run must not stay "running"
        {
            logger.LogError(e, "Run {Run} could not be trained", id);
            outcome = new(RunState.Failed, e.Message);
        }
        await InsistAsync(() => recorder.CatchUpAsync(id), shutdown);
        await InsistAsync(() => SettleAsync(id, outcome), shutdown);
        await broadcast.StateAsync(id);
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
            catch (Exception e) when (IsStorage(e) && !shutdown.IsCancellationRequested)
            {
                logger.LogError("The database cannot be written, trying again: {Problem}", e.InnerException?.Message ?? e.Message);
                await Task.Delay(Retry, CancellationToken.None);
            }
        }
    }

    private static bool IsStorage(Exception e) => e is DbException or DbUpdateException;

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
            .SetProperty(r => r.State, outcome.State).SetProperty(r => r.Cause, outcome.Cause).SetProperty(r => r.FinishedAt, finished)
            .SetProperty(r => r.Owner, (string?)null));
    }

    private async Task<RunOutcome> TrainAsync(Guid id, CancellationToken shutdown)
    {
        await recorder.AlignAsync(id);
        using var trainer = new TrainerProcess(await ArgumentsAsync(id));
        logger.LogInformation("Run {Run} trains in process {Process}", id, trainer.Id);
        try
        {
            var stop = WatchAsync(id, trainer, shutdown);
            var last = await RecordAsync(id, trainer);
            return Judge(await trainer.Exited, await stop, shutdown.IsCancellationRequested, last as Failed, trainer.LastErrors);
        }
        finally
        {
            if (!trainer.Exited.IsCompleted) trainer.End();
        }
    }

    /// <summary>News are stored and told at once, but no oftener than the eye follows: what comes meanwhile goes together.</summary>
    private async Task<RunEvent?> RecordAsync(Guid id, TrainerProcess trainer)
    {
        RunEvent? last = null;
        var told = Stopwatch.StartNew();
        while (await trainer.Lines.WaitToReadAsync(CancellationToken.None))
        {
            if (told.Elapsed < Gather) await Task.Delay(Gather - told.Elapsed, CancellationToken.None);
            told.Restart();
            var events = new List<RunEvent>();
            while (trainer.Lines.TryRead(out var line))
                if (Parse(line) is { } e) events.Add(e);
            last = events.LastOrDefault() ?? last;
            try
            {
                await recorder.RecordAsync(id, events);
            }
            catch (Exception e) when (IsStorage(e))
            {
                logger.LogWarning("Events of run {Run} wait in their file: {Problem}", id, e.InnerException?.Message ?? e.Message);
            }
        }
        return last;
    }

    /// <summary>Keeps the heartbeat, and passes a stop on: politely, then by force. True if a stop was asked for.</summary>
    private async Task<bool> WatchAsync(Guid id, TrainerProcess trainer, CancellationToken shutdown)
    {
        for (var beat = DateTime.UtcNow; !trainer.Exited.IsCompleted;)
        {
            await Task.WhenAny(trainer.Exited, Task.Delay(Look, CancellationToken.None));
            var due = DateTime.UtcNow - beat >= Heartbeat;
            var stopping = await IsStoppingAsync(id, due);
            if (due) beat = DateTime.UtcNow;
            if (!stopping && !shutdown.IsCancellationRequested) continue;
            trainer.AskToStop();
            if (await Task.WhenAny(trainer.Exited, Task.Delay(Patience, CancellationToken.None)) != trainer.Exited) trainer.End();
            return stopping;
        }
        return false;
    }

    private async Task<bool> IsStoppingAsync(Guid id, bool beat)
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync();
            if (beat) await db.Runs.Where(r => r.Id == id).ExecuteUpdateAsync(u => u.SetProperty(r => r.HeartbeatAt, DateTime.UtcNow));
            return await db.Runs.Where(r => r.Id == id).Select(r => r.State).SingleAsync() == RunState.Stopping;
        }
        catch (Exception e) when (IsStorage(e))
        {
            return false; // asked again soon
        }
    }

    /// <summary>What an exit code means: 0 done, 1 failed with a told cause, 2 bad specification, 3 stopped, else ended from outside.</summary>
    private static RunOutcome Judge(int exit, bool stopped, bool shutdown, Failed? failed, string errors) => exit switch
    {
        0 => new(RunState.Completed),
        _ when stopped => new(RunState.Stopped, exit == 3 ? null : "It did not leave in time and was ended; what its last checkpoint holds is kept."),
        _ when shutdown => new(RunState.Queued),
        3 => new(RunState.Stopped),
        1 when failed?.Reason == "diverged" => new(RunState.Diverged, failed.Cause),
        1 or 2 => new(RunState.Failed, failed?.Cause ?? errors),
        137 => new(RunState.Crashed, "The training process was killed (exit 137), often for want of memory. It can be resumed from its last checkpoint."),
        _ => new(RunState.Crashed, $"The training process broke off (exit {exit}). It can be resumed from its last checkpoint.{(errors.Length == 0 ? "" : " Its last words: " + errors.Split('\n')[^1])}"),
    };

    private async Task<List<string>> ArgumentsAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var specification = SpecificationText.FromJson(await db.Runs.Where(r => r.Id == id).Select(r => r.Specification).SingleAsync());
        var directory = Directory.CreateDirectory(paths.Run(id)).FullName;
        var arguments = new List<string> { "run" };
        if (File.Exists(recorder.FileOf(id)))
        {
            arguments.AddRange(["--resume", directory]);
        }
        else
        {
            var file = Path.Combine(directory, "spec.json");
            await File.WriteAllTextAsync(file, SpecificationText.ToJson(specification));
            arguments.AddRange([file, "--out", directory]);
        }
        arguments.AddRange(["--datasets", paths.Datasets, "--supervised"]);
        foreach (var pinned in new[] { specification.Model.Aligned, specification.Model.Base }.OfType<string>().Select(Pinned.Parse).OfType<Pinned>())
        {
            var model = await db.Models.FirstOrDefaultAsync(m => m.Sha256 == pinned.Sha256) ?? throw new SpecificationException([new("model", $"'{pinned.Name}' is not registered any more")]);
            arguments.AddRange(["--model", $"{pinned.Key}={model.Directory}"]);
        }
        return arguments;
    }

    private RunEvent? Parse(string line)
    {
        try
        {
            return RunEvent.Parse(line);
        }
        catch (JsonException)
        {
            logger.LogWarning("The trainer printed a line that is no event: {Line}", line);
            return null;
        }
    }
}
