using System.Diagnostics;
using System.Text.Json;
using AsFT.Experiments.Basin;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Training.Basin;
using AsFT.Training.Judging;
using static TorchSharp.torch;

namespace AsFT.Trainer.Basins;

/// <summary>One basin: lay the directions, then move the model from point to point and score it. Points that stand in events.jsonl are not measured again.</summary>
internal sealed class BasinRun(RunSpecification specification, Sources sources, string directory, EventLog log, Progress progress, CancellationToken stop) : IRun
{
    private const int LongestExample = 160;

    private readonly Stopwatch clock = Stopwatch.StartNew();

    private string Events => Path.Combine(directory, "events.jsonl");

    public int Step { get; private set; }

    public bool Execute()
    {
        manual_seed(specification.Training.Seed);
        var before = EventLog.Read(Events).ToList();
        var measured = before.OfType<LandscapePoint>().Select(p => p.Step).ToHashSet();
        var grid = BasinGrid.Points(specification.Basin);
        using var setup = BasinSetup.Make(specification, sources, directory, log);
        Step = measured.Count;
        log.Write(new Started(SpecificationText.Hash(specification), string.Join(", ", setup.Model.LayerDevices.Select(d => d.ToString()).Distinct()), grid.Count, setup.Evaluator.HarmfulPrompts,
            setup.Model.Weights.Values.Sum(w => w.numel()), 0, Step));
        try
        {
            if (!before.OfType<BasinFacts>().Any()) log.Write(Facts(setup));
            foreach (var point in grid.Where(p => !measured.Contains(p.Step)))
            {
                stop.ThrowIfCancellationRequested();
                setup.Surroundings.MoveTo(point.Across is { } across ? [(point.Along, point.Alpha), (across, point.Beta)] : [(point.Along, point.Alpha)]);
                Measure(point, setup.Evaluator.Evaluate(setup.Model, stop), grid.Count);
            }
        }
        catch (OperationCanceledException)
        {
            return End("stopped");
        }
        return End("completed");
    }

    private BasinFacts Facts(BasinSetup setup)
    {
        var basin = specification.Basin;
        progress.Say("laying the directions");
        var geometry = WalkGeometry.Of(setup.Surroundings.Origin, setup.Walks, setup.Snapshots, stop);
        foreach (var still in geometry.Walks.Where(w => w.Moved == 0)) throw new SpecificationException([new("basin.directions", $"the direction {still.Direction} moves no weight: the two models are equal. Take it out")]);
        var alignment = setup.Walks.FirstOrDefault(w => w.Direction == WalkDirection.Alignment);
        var path = basin.Surface is [var first, var second] && setup.Snapshots.Count > 0 ? geometry.Path(first, second) : null;
        if (setup.Snapshots.Count > 0 && path is null) log.Write(new Log("warning", "the two directions of the surface are one, so the way of basin.path_run has no place in it"));
        return new(geometry.Walks, geometry.Angles, alignment is null ? [] : AlignmentSpectra.Of(setup.Model.Projections, alignment, stop), path is null ? null : new(basin.PathRun!, path));
    }

    private void Measure(GridPoint point, Scores scores, int points)
    {
        Step = point.Step;
        var example = scores.Answers.First(a => a.Set == "harmful").Answer;
        if (point.Alpha == 0) log.Write(new Evaluation(0, 0, scores.Values, scores.Protocol)); // the model itself
        if (point.Across is null) Keep(point, scores);
        log.Write(new LandscapePoint(point.Step, point.Along.Name(), point.Alpha, point.Across?.Name(), point.Beta, scores.Values, example.Length <= LongestExample ? example : example[..LongestExample] + " …")); // last: it marks the point as measured
        progress.Show(point.Step, points, $"{point.Along.Name()} {point.Alpha:0.###}  {point.Across?.Name() ?? "-"} {point.Beta:0.###}  harmful {scores.Values[BasinReport.Harmful]:0.###}  refused {scores.Values[BasinReport.Refused]:0.###}");
    }

    /// <summary>The answers at the points of the lines; those of a surface would be many and much alike.</summary>
    private void Keep(GridPoint point, Scores scores)
    {
        var folder = Directory.CreateDirectory(Path.Combine(directory, "answers")).FullName;
        File.WriteAllLines(Path.Combine(folder, FormattableString.Invariant($"point-{point.Step:D6}-{point.Along.Name()}{point.Alpha:+0.####;-0.####;+0}.jsonl")), scores.Answers.Select(a => JsonSerializer.Serialize(a, SpecificationText.Json)));
    }

    private bool End(string outcome)
    {
        BasinReport.Of(specification.Basin, EventLog.Read(Events)).Write(directory);
        log.Write(new Finished(outcome, Step, clock.Elapsed.TotalSeconds));
        progress.Say($"{outcome} after {Step} points");
        return outcome == "completed";
    }
}
