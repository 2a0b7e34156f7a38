using System.Text.Json.Nodes;

namespace AsFT.Experiments.Search;

/// <summary>
/// The tree-structured Parzen estimator (Bergstra, Bardenet, Bengio and Kégl 2011). The best γ of the trials give a density
/// l(x), the others g(x); of candidates drawn from l, the one with the largest l(x)/g(x) is next, for it has the largest
/// expected improvement (eq. 13–16). Each setting is chosen by itself, as in the paper: settings that matter only
/// together are found more slowly. Deviations: γ·n is at most 25, as in the authors' later program; pruned and failed trials
/// rank below all finished ones; a point that was tried is not tried again while others are left to draw.
/// </summary>
public static class TreeParzenSearch
{
    /// <summary>So many trials are drawn at random first.</summary>
    public const int Startup = 10;

    private const double Gamma = 0.15;
    private const int MostGood = 25, Candidates = 24, Attempts = 20, RandomAttempts = 200;

    /// <summary>The point of the next trial; the same for the same trials, in whatever order they ended, seed and number.</summary>
    public static IReadOnlyDictionary<string, JsonValue> Point(SearchSpace space, IReadOnlyList<Trial> trials, int seed, int trial)
    {
        var known = trials.Select(t => (Trial: t, Places: Places(space, t.Point))).Where(t => t.Places is not null)
            .OrderBy(t => t.Trial.Pruned || double.IsNaN(t.Trial.Score)).ThenByDescending(t => t.Trial.Score).ThenBy(t => Key(t.Places!), StringComparer.Ordinal)
            .Select(t => t.Places!).ToList();
        var tried = known.Select(Key).ToHashSet();
        var random = new SplitMix(seed, trial);
        if (known.Count < Startup) return Untried(space, tried, random, () => RandomSearch.Draw(space, random));

        var good = Math.Min((int)Math.Ceiling(Gamma * known.Count), MostGood);
        var densities = space.Search.Select((d, i) => (
            Good: new ParzenDensity(d, known.Take(good).Select(p => p[i])),
            Bad: new ParzenDensity(d, known.Skip(good).Select(p => p[i])))).ToList();
        return Untried(space, tried, random, () => space.Search.Zip(densities).ToDictionary(d => d.First.Setting, d => Best(d.First, d.Second.Good, d.Second.Bad, random)));
    }

    private static JsonValue Best(SearchDimension dimension, ParzenDensity good, ParzenDensity bad, SplitMix random) =>
        Enumerable.Range(0, Candidates).Select(_ => dimension.ValueAt(good.Draw(random))).ToList()
            .MaxBy(value => dimension.PlaceOf(value)!.Value is var x ? good.At(x) / bad.At(x) : 0)!;

    /// <summary>Draws until a point is new: from the estimator, then at random; where all seem to be tried, one again.</summary>
    private static IReadOnlyDictionary<string, JsonValue> Untried(SearchSpace space, HashSet<string> tried, SplitMix random, Func<IReadOnlyDictionary<string, JsonValue>> draw)
    {
        var first = draw();
        for (var (point, i) = (first, 0); i < Attempts + RandomAttempts; i++, point = i < Attempts ? draw() : RandomSearch.Draw(space, random))
            if (!tried.Contains(Key(Places(space, point)!))) return point;
        return first;
    }

    private static string Key(double[] places) => string.Join('|', places);

    /// <summary>Null where the trial is of another space.</summary>
    private static double[]? Places(SearchSpace space, IReadOnlyDictionary<string, JsonValue> point)
    {
        var places = space.Search.Select(d => d.PlaceOf(point.GetValueOrDefault(d.Setting))).ToList();
        return places.Contains(null) ? null : [.. places.Select(p => p!.Value)];
    }
}
