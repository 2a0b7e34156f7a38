using System.Diagnostics;
using System.Globalization;
using AsFT.Experiments.Search;
using AsFT.Experiments.Specification;
using AsFT.Trainer.Classifiers;

namespace AsFT.Trainer.Sweeps;

/// <summary>
/// Tries the points of a search one after the other. Every run is kept as 'asft run' keeps it, and what comes next follows from these folders: stopped or killed, it goes on
/// where it was. Prints CSV, a line a point.
/// </summary>
internal sealed class SweepCommand(FileInfo specification, DirectoryInfo output, Sources sources)
{
    private readonly Stopwatch clock = Stopwatch.StartNew();

    /// <returns>0 done, 1 failed, 2 bad specification, 3 stopped</returns>
    public int Execute()
    {
        using var stop = new StopSignal(supervised: false);
        try
        {
            var request = SweepRequest.Parse(File.ReadAllText(specification.FullName));
            if (SweepRules.Check(request) is { Count: > 0 } faults) throw new SpecificationException(faults);
            sources.Check(request.Specification);
            CheckLabel(request);
            var tried = Search(request, stop.Token);
            Tell(request, tried);
            return stop.Token.IsCancellationRequested ? 3 : tried.Exists(p => p.Score is not null) ? 0 : 1;
        }
        catch (SpecificationException e)
        {
            foreach (var fault in e.Faults) Console.Error.WriteLine(fault);
            return 2;
        }
        catch (OperationCanceledException) // asked to leave while another process had a run's folder
        {
            return 3;
        }
        catch (Exception e) when (Failure.IsKnown(e))
        {
            return Failure.Say(e);
        }
    }

    private void CheckLabel(SweepRequest request)
    {
        var scratch = Directory.CreateTempSubdirectory("asft-sweep-");
        try
        {
            if (SweepRules.CheckLabel(request.Options.Objective, () => request.Specification.Data.Train.Select(t => sources.Dataset(t, "data.train", scratch.FullName).Summary)) is { } unknown)
                throw new SpecificationException([unknown]);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private List<TriedPoint> Search(SweepRequest request, CancellationToken stop)
    {
        var (runs, tried) = (new SweepRuns(request, output.FullName, sources), new List<TriedPoint>());
        var known = runs.Begun;
        while (tried.Count < request.Points)
        {
            var settings = Searchers.Point(request.Space, request.Options.Algorithm, tried.ConvertAll(p => p.Trial), request.Options.Seed, tried.Count);
            var point = runs.Try(tried.Count, settings, stop);
            if (stop.IsCancellationRequested) break;
            tried.Add(point);
            var (done, left) = (tried.Count - known, request.Points - tried.Count);
            Console.Error.WriteLine($"point {tried.Count} of {request.Points}: {Words(point)}{(done > 0 && left > 0 ? $", about {Progress.Words(clock.Elapsed * ((double)left / done))} left" : "")}");
        }
        return tried;
    }

    private static string Words(TriedPoint p) => $"{string.Join(", ", p.Settings.Select(s => $"{s.Key} {s.Value}"))}: {(p.Score is { } score ? score.ToString("0.####", CultureInfo.InvariantCulture) : p.State)}";

    private static void Tell(SweepRequest request, List<TriedPoint> tried)
    {
        var names = request.Space.Search.Select(d => d.Setting).ToList();
        Console.WriteLine(string.Join(',', names.Prepend("point").Append(SweepRuns.ObjectiveOf(request)).Append("state").Select(PredictCommand.Cell)));
        foreach (var (p, i) in tried.Select((p, i) => (p, i)))
            Console.WriteLine(string.Join(',', names.Select(n => p.Settings[n].ToString()).Prepend(i.ToString(CultureInfo.InvariantCulture)).Append(p.Score?.ToString("R", CultureInfo.InvariantCulture) ?? "").Append(p.State).Select(PredictCommand.Cell)));
        if (tried.Where(p => p.Score is not null).MaxBy(p => p.Trial.Score) is { } best) Console.Error.WriteLine($"best: {Words(best)}. The best of many is better by luck too: a fair score needs rows that nothing was chosen by.");
    }
}
