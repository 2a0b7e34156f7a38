using System.Diagnostics;
using System.Globalization;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Tournaments;

namespace AsFT.Trainer.Lab;

/// <summary>
/// Works at a tournament until nothing is left of it. What is next follows from the folder, and a run belongs to whoever holds its lock: so
/// any number of processes, on all machines that share the folder, work at one tournament, and any of them may be killed.
/// </summary>
/// <param name="worker">started by another process of the same command: reads what that one pinned, and says nothing</param>
internal sealed class TournamentCommand(DirectoryInfo output, TournamentSources sources, bool worker)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly TournamentFolder folder = new(output.FullName);
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private int overBefore = -1;
    private (int Over, int Total) said;

    public static int Start(FileInfo? specification, DirectoryInfo output, int workers, string? lab, IReadOnlyList<string> models, bool allowPrivateEndpoints, bool worker)
    {
        if (specification is { Exists: false })
        {
            Console.Error.WriteLine($"there is no file '{specification}'");
            return 2;
        }
        var sources = new TournamentSources(output.FullName, specification?.DirectoryName ?? Environment.CurrentDirectory, lab, models, allowPrivateEndpoints);
        string[] arguments = ["lab", "tournament", "--out", output.FullName, "--supervised", .. allowPrivateEndpoints ? ["--allow-private-endpoints"] : Array.Empty<string>()];
        return new TournamentCommand(output, sources, worker).Execute(specification, workers, arguments);
    }

    /// <param name="specification">what is asked for; null: what the folder holds</param>
    /// <param name="workers">how many processes, with this one</param>
    /// <param name="arguments">what the others are started with, and the models beside</param>
    /// <returns>0 done, 1 a process broke off, 2 bad specification, 3 stopped</returns>
    private int Execute(FileInfo? specification, int workers, IReadOnlyList<string> arguments)
    {
        using var stop = new StopSignal(supervised: worker);
        try
        {
            var request = Begin(specification is null ? folder.Read() : TournamentRequest.Parse(File.ReadAllText(specification.FullName)));
            using var others = new TournamentWorkers(workers, [.. arguments, .. sources.Found.SelectMany(m => new[] { "--model", m })]);
            while (!stop.Token.IsCancellationRequested && Step(request, stop.Token)) { }
            var lost = others.Wait(stop.Token.IsCancellationRequested);
            if (!worker) Tell(request);
            if (lost > 0) Console.Error.WriteLine($"{lost} of {workers} processes broke off; start the command again to go on with what is left.");
            return new TournamentPlan(request, folder.Runs(request)).IsFinished ? 0 : lost > 0 ? 1 : 3;
        }
        catch (SpecificationException e)
        {
            foreach (var fault in e.Faults) Console.Error.WriteLine(fault);
            return 2;
        }
        catch (Exception e) when (Failure.IsKnown(e))
        {
            return Failure.Say(e);
        }
    }

    private TournamentRequest Begin(TournamentRequest request)
    {
        if (TournamentRules.Check(request) is { Count: > 0 } faults) throw new SpecificationException(faults);
        var pinned = sources.Pin(request);
        folder.Runs(pinned); // another tournament's folder is refused before anything is written there
        if (!worker) folder.Write(pinned);
        return pinned;
    }

    /// <summary>Trains the first run that nobody else has; waits where others have all there are. False when nothing is left.</summary>
    private bool Step(TournamentRequest request, CancellationToken stop)
    {
        var plan = new TournamentPlan(request, folder.Runs(request));
        Say(plan);
        if (plan.IsFinished) return false;
        foreach (var run in plan.Wanted.Where(w => !plan.IsOver(w)))
        {
            using var held = RunLock.TryTake(Directory.CreateDirectory(folder.Of(run)).FullName);
            if (held is null) continue;
            if (folder.Find(request, run) is not { State: not TournamentRunState.Open }) Train(request, run, stop); // else somebody has just finished it
            return true;
        }
        stop.WaitHandle.WaitOne(Look);
        return true;
    }

    /// <summary>An ordinary run, in this process: libtorch is loaded and the code compiled once for all. Whatever goes wrong ends this run alone.</summary>
    private void Train(TournamentRequest request, TournamentRunKey run, CancellationToken stop)
    {
        var directory = folder.Of(run);
        var specification = TournamentPlan.SpecificationOf(request, run, []);
        if (folder.Find(request, run) is null) File.WriteAllText(Path.Combine(directory, "spec.json"), SpecificationText.ToJson(specification));
        try
        {
            if (RunCommand.Run(specification, sources.ForRuns, directory, echo: null, new(TextWriter.Null), stop) == 3) return;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (e is not SpecificationException) Fail(directory, e);
        }
        if (Directory.Exists(Path.Combine(directory, "checkpoints"))) Directory.Delete(Path.Combine(directory, "checkpoints"), recursive: true); // nobody goes on with it
    }

    private static void Fail(string directory, Exception e)
    {
        using var log = new EventLog(Path.Combine(directory, "events.jsonl"));
        log.Write(new Failed("error", e.Message.Split('\n')[0], 0));
    }

    private void Say(TournamentPlan plan)
    {
        if (overBefore < 0) overBefore = plan.Over;
        if (worker || said == (plan.Over, plan.Total)) return;
        said = (plan.Over, plan.Total);
        var (done, left) = (plan.Over - overBefore, plan.Total - plan.Over);
        var time = done == 0 || left == 0 ? "" : $", about {Progress.Words(clock.Elapsed * ((double)left / done))} left";
        Console.Error.WriteLine($"{plan.Over} of {plan.Total} runs done{time}");
    }

    private void Tell(TournamentRequest request)
    {
        var runs = folder.Runs(request);
        Console.Out.Write(TournamentText.Markdown(TournamentResult.Of(request, runs)));
        foreach (var broken in runs.Where(r => r.State == TournamentRunState.Broken)) Console.Error.WriteLine($"{broken.Id} broke off: {broken.Cause}. It is not tried again; delete its folder to have it run anew.");
    }
}
