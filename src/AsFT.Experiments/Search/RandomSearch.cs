using System.Text.Json.Nodes;

namespace AsFT.Experiments.Search;

/// <summary>Every setting drawn by itself, evenly over its values or its line (Bergstra and Bengio 2012).</summary>
public static class RandomSearch
{
    /// <summary>The point of a trial; the same for the same seed and number, whatever was tried before.</summary>
    public static IReadOnlyDictionary<string, JsonValue> Point(SearchSpace space, int seed, int trial) => Draw(space, new SplitMix(seed, trial));

    internal static IReadOnlyDictionary<string, JsonValue> Draw(SearchSpace space, SplitMix random) =>
        space.Search.ToDictionary(d => d.Setting, d => d.ValueAt(random.Between(d.Line.Low, d.Line.High)));
}
