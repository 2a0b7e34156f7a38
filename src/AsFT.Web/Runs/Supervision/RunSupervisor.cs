using System.Diagnostics;
using System.Text.Json;
using AsFT.Data;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Web.Shared;
using AsFT.Web.Sweeps;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Runs.Supervision;

/// <summary>How a run ended, or that it waits again.</summary>
public sealed record RunOutcome(RunState State, string? Cause = null);

/// <summary>Trains a claimed run in a child process: starts it, records what it says, passes a stop on, and reads its exit code.</summary>
public sealed class RunSupervisor(IDbContextFactory<AppDbContext> contexts, RunRecorder recorder, SweepPruning pruning, SourceArguments sources, RunOwner owner, AppPaths paths, ILogger<RunSupervisor> logger)
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(40), Look = TimeSpan.FromMilliseconds(500), Patience = TimeSpan.FromMinutes(2), Leaving = TimeSpan.FromSeconds(3.5), Heartbeat = TimeSpan.FromSeconds(5);

    public async Task<RunOutcome> TrainAsync(Guid id, CancellationToken shutdown)
    {
        await recorder.AlignAsync(id);
        using var trainer = new TrainerProcess(await ArgumentsAsync(id));
        logger.LogInformation("Run {Run} trains in process {Process}", id, trainer.Id);
        try
        {
            var stop = WatchAsync(id, trainer, shutdown);
            var last = await RecordAsync(id, trainer);
            return Outcome(await trainer.Exited, await stop, shutdown.IsCancellationRequested, last as Failed, trainer.LastErrors);
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
                if (events.Exists(e => e is Evaluation)) await pruning.LookAsync(id);
            }
            catch (Exception e) when (RunRecorder.IsStorage(e))
            {
                logger.LogWarning("Events of run {Run} wait in their file: {Problem}", id, e.InnerException?.Message ?? e.Message);
            }
        }
        return last;
    }

    /// <summary>Keeps the heartbeat, and passes a stop on: politely, then by force. True if a stop was asked for.</summary>
    private async Task<bool> WatchAsync(Guid id, TrainerProcess trainer, CancellationToken shutdown)
    {
        var (beat, asked, stopping) = (DateTime.UtcNow, (DateTime?)null, false);
        while (!trainer.Exited.IsCompleted)
        {
            await Task.WhenAny(trainer.Exited, Task.Delay(Look, CancellationToken.None));
            var due = DateTime.UtcNow - beat >= Heartbeat;
            if (await StateAsync(id, due) is not { } state) // another machine took it over while the database was away
            {
                logger.LogWarning("Run {Run} is no longer this site's; its process is ended", id);
                trainer.End();
                break;
            }
            stopping |= state == RunState.Stopping;
            if (due) beat = DateTime.UtcNow;
            if (!stopping && !shutdown.IsCancellationRequested) continue;
            if (asked is null) trainer.AskToStop();
            asked ??= DateTime.UtcNow;
            if (DateTime.UtcNow - asked < (shutdown.IsCancellationRequested ? Leaving : Patience)) continue; // saving a large model takes its time, which a site that ends itself has not
            trainer.End();
            break;
        }
        return stopping;
    }

    /// <summary>What is wanted of the run; null if it is not this site's any more.</summary>
    private async Task<RunState?> StateAsync(Guid id, bool beat)
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync();
            if (beat) await db.Runs.Where(r => r.Id == id && r.Owner == owner.Name).ExecuteUpdateAsync(u => u.SetProperty(r => r.HeartbeatAt, DateTime.UtcNow));
            return await db.Runs.Where(r => r.Id == id && r.Owner == owner.Name).Select(r => (RunState?)r.State).SingleOrDefaultAsync();
        }
        catch (Exception e) when (RunRecorder.IsStorage(e))
        {
            return RunState.Running; // asked again soon
        }
    }

    /// <summary>What an exit code means: 0 done, 1 failed with a told cause, 2 bad specification, 3 stopped, else ended from outside.</summary>
    private static RunOutcome Outcome(int exit, bool stopped, bool shutdown, Failed? failed, string errors) => exit switch
    {
        0 => new(RunState.Completed),
        1 when stopped && failed is not null => new(failed.Reason == "diverged" ? RunState.Diverged : RunState.Failed, failed.Cause),
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
        arguments.AddRange(await sources.OfAsync(specification));
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
