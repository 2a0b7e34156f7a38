using System.Text.Json;
using AsFT.Data;
using AsFT.Experiments.Specification;
using AsFT.Web.Runs.Supervision;
using AsFT.Web.Shared;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Runs.Setup;

/// <summary>What a run would take by a few of its steps, and how many other runs trained on this machine meanwhile.</summary>
public sealed record TriedRun(RunTiming Timing, int Beside);

/// <summary>A few steps could not be made; the message says why.</summary>
public sealed class TrialException(string message) : Exception(message);

/// <summary>Lets a few steps of a run be made and timed, in a process of its own. One at a time: two would measure each other.</summary>
public sealed class RunTrial(RunResolver resolver, SourceArguments sources, IDbContextFactory<AppDbContext> contexts, AppPaths paths, ILogger<RunTrial> logger) : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10), Look = TimeSpan.FromMilliseconds(300);

    private readonly SemaphoreSlim place = new(1);

    /// <param name="formFaults">what was wrong with its text already</param>
    /// <param name="say">takes what is being done</param>
    /// <param name="cancel">ends the process</param>
    /// <exception cref="SpecificationException">with every fault, as when a run is queued</exception>
    /// <exception cref="TrialException">it was tried, and failed or took too long</exception>
    public async Task<TriedRun> MeasureAsync(RunSpecification specification, IReadOnlyList<Fault>? formFaults, Action<string>? say, CancellationToken cancel)
    {
        var resolved = await resolver.ResolveAsync(specification, formFaults);
        if (!await place.WaitAsync(0, cancel))
        {
            say?.Invoke("waiting for another measurement to end");
            await place.WaitAsync(cancel);
        }
        var scratch = Path.Combine(paths.Uploads, $"trial-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(scratch);
            var file = Path.Combine(scratch, "spec.json");
            await File.WriteAllTextAsync(file, SpecificationText.ToJson(resolved), cancel);
            var before = await TrainingAsync();
            var timing = await AskAsync(["time", file, "--scratch", scratch, .. await sources.OfAsync(resolved)], say, cancel);
            return new(timing, Math.Max(before, await TrainingAsync()));
        }
        finally
        {
            place.Release();
            if (Directory.Exists(scratch)) Directory.Delete(scratch, recursive: true); // also what a process left that was ended
        }
    }

    public void Dispose() => place.Dispose();

    private async Task<int> TrainingAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Runs.CountAsync(r => r.State == RunState.Running && r.Owner!.StartsWith(Environment.MachineName + "/"));
    }

    private async Task<RunTiming> AskAsync(IReadOnlyList<string> arguments, Action<string>? say, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Longest);
        using var trainer = new TrainerProcess(arguments);
        await using (limit.Token.Register(trainer.End))
            while (await Task.WhenAny(trainer.Exited, Task.Delay(Look, CancellationToken.None)) != trainer.Exited) say?.Invoke(trainer.LastErrors.Split('\n')[^1]);
        var exit = await trainer.Exited;
        cancel.ThrowIfCancellationRequested();
        if (limit.IsCancellationRequested) throw new TrialException($"It was not measured within {Longest.TotalMinutes:0} minutes and was ended. A run of this size tells its time on its page, from the first steps on.");
        if (exit == 0) return JsonSerializer.Deserialize<RunTiming>(await trainer.Lines.ReadAsync(CancellationToken.None), SpecificationText.Json)!;
        logger.LogWarning("asft time ended with {Exit}: {Errors}", exit, trainer.LastErrors);
        throw new TrialException(exit is 1 or 2 && trainer.LastErrors.Length > 0 ? $"The trial failed, as the run would: {trainer.LastErrors.Split('\n')[^1]}"
            : $"The trial was broken off (exit {exit}){(exit == 137 ? ", often for want of memory, and the run would be too; take a smaller training.batch_size or data.max_length" : "; the site's log may hold more")}.");
    }
}
