using System.Text.Json;
using System.Text.Json.Nodes;
using AsFT.Data;
using AsFT.Experiments.Search;

namespace AsFT.Web.Sweeps;

/// <summary>A run that a sweep wants next.</summary>
public sealed record NextRun(int Point, int Seed, IReadOnlyDictionary<string, JsonValue> Settings);

/// <summary>What a sweep does next, from its runs alone: whoever asks, and however often, the same runs give the same answer.</summary>
public static class SweepPlan
{
    private const int MostDraws = 20_000;

    /// <summary>Null while enough runs are on their way, and when nothing is left.</summary>
    /// <param name="firstSeed">the seed of the specification; the others follow it</param>
    public static NextRun? Next(SweepView sweep, int firstSeed)
    {
        if (sweep.Runs.Count(r => !r.IsOver) >= sweep.AtOnce) return null;
        var seeds = Enumerable.Range(firstSeed, sweep.Seeds).ToList();
        foreach (var point in sweep.Points.Where(p => p.State == PointState.Open && p.Runs.Count < sweep.Seeds))
            return new(point.Number, seeds.First(s => point.Runs.All(r => r.Seed != s)), point.Settings);
        var number = Enumerable.Range(0, sweep.Budget).Except(sweep.Points.Select(p => p.Number)).DefaultIfEmpty(-1).First();
        return number < 0 ? null : new(number, seeds[0], Point(sweep, number));
    }

    private static IReadOnlyDictionary<string, JsonValue> Point(SweepView sweep, int number) => sweep.Algorithm switch
    {
        SearchAlgorithm.Grid => GridSearch.Point(sweep.Space, number)!,
        SearchAlgorithm.Tpe => TreeParzenSearch.Point(sweep.Space, sweep.Trials, sweep.Seed, number),
        _ => Drawn(sweep.Space, sweep.Seed, number),
    };

    /// <summary>The draws in their order, without those that came before.</summary>
    private static IReadOnlyDictionary<string, JsonValue> Drawn(SearchSpace space, int seed, int number)
    {
        var seen = new HashSet<string>();
        for (var draw = 0; ; draw++)
            if (RandomSearch.Point(space, seed, draw) is var point && (seen.Add(JsonSerializer.Serialize(point)) && seen.Count > number || draw >= MostDraws)) return point;
    }
}
