using AsFT.Experiments.Basin;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;

namespace AsFT.Trainer.Basins;

/// <summary>A basin in small: made ready as a whole one is, and some of its points.</summary>
internal sealed class BasinTrial(RunSpecification specification, Sources sources, string directory, EventLog log, CancellationToken stop)
{
    public RunTiming Measure()
    {
        Console.Error.WriteLine("loading model and directions");
        using var setup = BasinSetup.Make(specification, sources, directory, log);
        var once = Sampled.SinceTheStart() + specification.Basin.Directions.Sum(d => Sampled.Seconds(() => setup.Surroundings.MoveTo([(d, 0)])));
        Console.Error.WriteLine("answering questions");
        var points = BasinGrid.Points(specification.Basin);
        double Answering(int number)
        {
            MoveTo(points[number], setup); // a run reads a direction once for its whole line, the trial at every turn: not counted
            return Sampled.Seconds(() =>
            {
                MoveTo(points[number], setup);
                setup.Evaluator.Evaluate(setup.Model, stop);
                stop.ThrowIfCancellationRequested();
            });
        }
        return new(points.Count, Sampled.Point(points.Count, Answering), 0, 0, once, 0);
    }

    private static void MoveTo(GridPoint point, BasinSetup setup) =>
        setup.Surroundings.MoveTo(point.Across is { } across ? [(point.Along, point.Alpha), (across, point.Beta)] : [(point.Along, point.Alpha)]);
}
