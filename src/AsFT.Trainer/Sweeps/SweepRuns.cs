using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AsFT.Experiments.Events;
using AsFT.Experiments.Search;
using AsFT.Experiments.Specification;

namespace AsFT.Trainer.Sweeps;

/// <summary>A point with all its seeds.</summary>
/// <param name="Score">the mean objective; null where a seed has none</param>
/// <param name="State">completed, pruned or failed</param>
/// <param name="Trial">what the searchers read: the larger the better</param>
internal sealed record TriedPoint(IReadOnlyDictionary<string, JsonValue> Settings, double? Score, string State, Trial Trial);

/// <summary>The runs of a search in their folders, runs/point-NUMBER-seed-SEED.</summary>
internal sealed class SweepRuns(SweepRequest request, string output, Sources sources)
{
    private readonly string objective = ObjectiveOf(request);
    private readonly Dictionary<int, List<IReadOnlyList<double>>> curves = []; // by seed, of the points before

    public static string ObjectiveOf(SweepRequest r) => r.Options.Objective ?? Objective.Of(r.Specification)[0];

    /// <summary>How many points have begun; one whose settings do not go together leaves no folder.</summary>
    public int Begun => Enumerable.Range(0, request.Points).LastOrDefault(n => File.Exists(Path.Combine(DirectoryOf(n, FirstSeed), "spec.json")), -1) + 1;

    private int FirstSeed => request.Specification.Training.Seed;

    private int Sign => (request.Options.Direction ?? Objective.Usual(objective)) == Direction.Highest ? 1 : -1;

    /// <summary>A point whose first seed fails or is hopeless is settled: its other seeds are not tried.</summary>
    public TriedPoint Try(int number, IReadOnlyDictionary<string, JsonValue> settings, CancellationToken stop)
    {
        var scores = new List<double>();
        var faults = new List<Fault>();
        var specification = SearchSpace.Apply(request.Specification, settings, faults);
        if (faults.Count > 0) return Impossible(settings, faults);
        var state = "completed";
        foreach (var seed in Enumerable.Range(FirstSeed, request.Options.Seeds))
        {
            (state, var score) = Run(DirectoryOf(number, seed), Named(specification, number, seed), seed, stop);
            if (score is { } measured) scores.Add(measured);
            if (state != "completed" || stop.IsCancellationRequested) break;
        }
        double? mean = scores.Count > 0 ? scores.Average() : null;
        var whole = state == "completed" && scores.Count == request.Options.Seeds;
        return new(settings, whole ? mean : null, state, new(settings, whole || state == "pruned" ? Sign * mean ?? double.NaN : double.NaN, state == "pruned"));
    }

    private string DirectoryOf(int number, int seed) => Path.Combine(output, "runs", FormattableString.Invariant($"point-{number:D4}-seed-{seed}"));

    /// <summary>Settings that do not go together: the other points go on.</summary>
    private static TriedPoint Impossible(IReadOnlyDictionary<string, JsonValue> settings, List<Fault> faults)
    {
        foreach (var fault in faults) Console.Error.WriteLine(fault);
        return new(settings, null, "failed", new(settings, double.NaN, false));
    }

    /// <summary>Test rows are left out: nothing is chosen by them.</summary>
    private static RunSpecification Named(RunSpecification s, int number, int seed) =>
        s with { Name = FormattableString.Invariant($"{s.Name} · point {number} · seed {seed}"), Training = s.Training with { Seed = seed }, Scoring = s.Scoring with { Test = null } };

    private (string State, double? Score) Run(string directory, RunSpecification specification, int seed, CancellationToken stop)
    {
        using var held = RunLock.Take(Directory.CreateDirectory(directory).FullName, stop);
        Keep(directory, specification);
        var others = curves.TryGetValue(seed, out var known) ? known : curves[seed] = [];
        var (state, curve) = Read(directory);
        var pruned = Enumerable.Range(1, curve.Count).Any(n => IsHopeless(curve.Take(n), others)); // as it was found when it ran
        if (state == "open" && !pruned) (state, pruned) = Train(directory, specification, curve, others, stop);
        (_, curve) = Read(directory);
        others.Add([.. curve.Select(c => Sign * c.Value)]);
        return (state == "open" && pruned ? "pruned" : state, Objective.Score(curve, specification.Task == RunTask.Classification ? Values(directory, Objective.Keeps) : []));
    }

    private static void Keep(string directory, RunSpecification specification)
    {
        var file = Path.Combine(directory, "spec.json");
        if (!File.Exists(file)) File.WriteAllText(file, SpecificationText.ToJson(specification));
        else if (SpecificationText.Hash(SpecificationText.Parse(File.ReadAllText(file))) != SpecificationText.Hash(specification))
            throw new SpecificationException([new("--out", $"{directory} holds a run with other settings than the search asks for; take another folder, or delete that one")]);
    }

    private (string State, List<(int Step, double Value)> Curve) Read(string directory)
    {
        var last = EventLog.Read(Path.Combine(directory, "events.jsonl")).LastOrDefault(e => e is Started or Finished or Failed);
        return (last is Finished { Outcome: "completed" } ? "completed" : last is Failed ? "failed" : "open", Values(directory, objective));
    }

    /// <summary>What was measured before the first step says nothing of a point.</summary>
    private static List<(int Step, double Value)> Values(string directory, string series) =>
        [.. EventLog.Read(Path.Combine(directory, "events.jsonl")).OfType<Evaluation>().Where(e => e.Step > 0 && e.Values.ContainsKey(series)).Select(e => (e.Step, e.Values[series]))];

    private bool IsHopeless(IEnumerable<(int Step, double Value)> curve, List<IReadOnlyList<double>> others) =>
        request.Options.Pruning && MedianPruning.IsHopeless([.. curve.Select(c => Sign * c.Value)], others);

    private (string State, bool Pruned) Train(string directory, RunSpecification specification, List<(int Step, double Value)> curve, List<IReadOnlyList<double>> others, CancellationToken stop)
    {
        using var hopeless = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var pruned = false;
        using var watch = new EvaluationWatch(e =>
        {
            if (e.Step == 0 || !e.Values.TryGetValue(objective, out var value)) return;
            curve.Add((e.Step, value));
            if (!(pruned = IsHopeless(curve, others))) return;
            hopeless.Cancel();
        });
        var exit = 1;
        try
        {
            exit = RunCommand.Run(specification, sources, directory, watch, new(TextWriter.Null), hopeless.Token);
        }
        catch (SpecificationException e) // data or models that do not fit the settings; its events say so too, and the other points go on
        {
            foreach (var fault in e.Faults) Console.Error.WriteLine(fault);
        }
        return (exit == 0 ? "completed" : exit == 1 ? "failed" : "open", pruned && exit == 3);
    }

    /// <summary>Reads along what a run tells.</summary>
    private sealed class EvaluationWatch(Action<Evaluation> seen) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value)
        {
            if (RunEvent.Parse(value!) is Evaluation evaluation) seen(evaluation);
        }
    }
}
