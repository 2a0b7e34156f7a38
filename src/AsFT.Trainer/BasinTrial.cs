using AsFT.Experiments.Basin;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;

namespace AsFT.Trainer;

/// <summary>A basin in small: made ready as a whole one is, and some of its points.</summary>
internal sealed class BasinTrial(RunSpecification specification, Sources sources, string directory, EventLog log, CancellationToken stop)
{
    public RunTiming Measure()
    {
        Console.Error.WriteLine("loading model and directions");
        using var setup = BasinSetup.Make(specification, sources, directory, log);
        var once = Sampled.SinceTheStart();
        Console.Error.WriteLine("answering questions");
        var points = BasinGrid.Points(specification.Basin);
        var seconds = Sampled.Batches(points.Count, number =>
        {
            var point = points[number];
            setup.Surroundings.MoveTo(point.Across is { } across ? [(point.Along, point.Alpha), (across, point.Beta)] : [(point.Along, point.Alpha)]);
            setup.Evaluator.Evaluate(setup.Model, stop);
            stop.ThrowIfCancellationRequested();
        });
        return new(points.Count, seconds / points.Count, 0, 0, once, 0);
    }
}
