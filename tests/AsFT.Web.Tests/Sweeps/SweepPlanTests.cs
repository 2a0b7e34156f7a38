using System.Text.Json;
using System.Text.Json.Nodes;
using AsFT.Data;
using AsFT.Experiments.Search;
using AsFT.Web.Sweeps;

namespace AsFT.Web.Tests.Sweeps;

public sealed class SweepPlanTests
{
    private static readonly SearchSpace Rate = SearchSpace.Parse("search: [{setting: optimiser.learning_rate, kind: log, min: 1e-5, max: 1e-1}]"),
        Losses = SearchSpace.Parse("search: [{setting: loss.kind, kind: values, values: [bce, scl, jscl]}]");

    [Fact]
    public void Next_AskedTwice_IsTheSame()
    {
        var sweep = View(Rate, SearchAlgorithm.Tpe, points: [.. Enumerable.Range(0, 12).Select(i => Point(i, 0.1 * i, RunState.Completed))]);
        Assert.Equal(Text(SweepPlan.Next(sweep, 42)), Text(SweepPlan.Next(sweep, 42)));
        Assert.Equal(12, SweepPlan.Next(sweep, 42)!.Point);
    }

    [Fact]
    public void Next_WithAPointThatLacksASeed_FinishesItFirst()
    {
        var next = SweepPlan.Next(View(Rate, seeds: 2, points: [Point(0, 0.5, RunState.Completed) with { State = PointState.Open }]), 42)!;
        Assert.Equal((0, 43, 0.5), (next.Point, next.Seed, next.Settings["optimiser.learning_rate"].GetValue<double>()));
    }

    [Fact]
    public void Next_WithAsManyRunsAsMayBeAtOnce_IsNone()
    {
        Assert.Null(SweepPlan.Next(View(Rate, atOnce: 1, points: [Point(0, 0.5, RunState.Running)]), 42));
        Assert.Equal(1, SweepPlan.Next(View(Rate, atOnce: 2, points: [Point(0, 0.5, RunState.Running)]), 42)!.Point);
    }

    [Fact]
    public void Next_AfterAFailedSeed_LeavesTheOthersOfItsPoint() =>
        Assert.Equal(1, SweepPlan.Next(View(Rate, seeds: 2, points: [Point(0, 0.5, RunState.Failed)]), 42)!.Point);

    [Fact]
    public void Next_OfFewValuesAtRandom_TriesEachOnceAndEnds()
    {
        List<SweepPoint> points = [];
        while (SweepPlan.Next(View(Losses, budget: 3, points: points), 42) is { } next) points.Add(SweepPoint.Of(next.Point, next.Settings, [Ran(RunState.Completed, 1)], 1));
        Assert.Equal(["bce", "jscl", "scl"], points.Select(p => (string)p.Settings["loss.kind"]!).Order());
    }

    [Fact]
    public void Best_OfALowestObjective_IsTheLowestMeanOfThosePointsThatHaveAllSeeds()
    {
        var lowest = View(Rate, direction: Direction.Lowest, points: [Point(0, 0.1, RunState.Completed, 0.4), Point(1, 0.2, RunState.Completed, 0.3), Point(2, 0.3, RunState.Failed, 0.1)]);
        Assert.Equal(1, lowest.Best!.Number);
        Assert.Equal([-0.4, -0.3, double.NaN], lowest.Trials.Select(t => t.Score)); // the larger the better, a failed one is bad
    }

    private static SweepView View(SearchSpace space, SearchAlgorithm algorithm = SearchAlgorithm.Random, int seeds = 1, int atOnce = 1, int budget = 20, Direction direction = Direction.Highest, IReadOnlyList<SweepPoint>? points = null) => SweepView.Of(new()
    {
        Name = "plan", Specification = "{}", Space = JsonSerializer.Serialize(space, Experiments.Specification.SpecificationText.Json), Algorithm = algorithm, Seed = 1, Points = budget, Seeds = seeds,
        Objective = "eval/f1_macro", Direction = direction, Pruning = false, AtOnce = atOnce,
    }, points ?? [], 1);

    private static SweepPoint Point(int number, double rate, RunState state, double? score = 0.5) =>
        SweepPoint.Of(number, new Dictionary<string, JsonValue> { ["optimiser.learning_rate"] = JsonValue.Create(rate) }, [Ran(state, score)], 1);

    private static PointRun Ran(RunState state, double? score) => new(Guid.NewGuid(), 42, state, null, score, 1, 1, null, null);

    private static string Text(NextRun? next) => JsonSerializer.Serialize(next);
}
