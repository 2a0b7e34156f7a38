using System.Text.Json.Nodes;
using AsFT.Experiments.Search;

namespace AsFT.Web.Sweeps;

/// <summary>A run that a sweep wants next.</summary>
public sealed record NextRun(int Point, int Seed, IReadOnlyDictionary<string, JsonValue> Settings);

/// <summary>What a sweep does next, from its runs alone: whoever asks, and however often, the same runs give the same answer.</summary>
public static class SweepPlan
{
    /// <summary>Null while enough runs are on their way, and when nothing is left.</summary>
    /// <param name="firstSeed">the seed of the specification; the others follow it</param>
    public static NextRun? Next(SweepView sweep, int firstSeed)
    {
        if (sweep.Runs.Count(r => !r.IsOver) >= sweep.AtOnce) return null;
        var seeds = Enumerable.Range(firstSeed, sweep.Seeds).ToList();
        foreach (var point in sweep.Points.Where(p => p.State == PointState.Open && p.Runs.Count < sweep.Seeds))
            return new(point.Number, seeds.First(s => point.Runs.All(r => r.Seed != s)), point.Settings);
        var number = Enumerable.Range(0, sweep.Budget).Except(sweep.Points.Select(p => p.Number)).DefaultIfEmpty(-1).First();
        return number < 0 ? null : new(number, seeds[0], Searchers.Point(sweep.Space, sweep.Algorithm, sweep.Trials, sweep.Seed, number));
    }
}
