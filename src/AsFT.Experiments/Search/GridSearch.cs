using System.Text.Json.Nodes;

namespace AsFT.Experiments.Search;

/// <summary>Every combination of values once; of ranges evenly spaced values from end to end. The last setting varies fastest.</summary>
public static class GridSearch
{
    /// <summary>How many points there are; long.MaxValue where more than that.</summary>
    public static long Count(SearchSpace space) => space.Search.Aggregate(1L, (all, d) => all > long.MaxValue / Values(d).Count ? long.MaxValue : all * Values(d).Count);

    /// <summary>The point of a trial, counted from 0; null after the last.</summary>
    public static IReadOnlyDictionary<string, JsonValue>? Point(SearchSpace space, long trial)
    {
        if (trial < 0 || trial >= Count(space)) return null;
        var point = new Dictionary<string, JsonValue>();
        foreach (var dimension in space.Search.Reverse())
        {
            var values = Values(dimension);
            point[dimension.Setting] = values[(int)(trial % values.Count)].DeepClone().AsValue();
            trial /= values.Count;
        }
        return point;
    }

    private static IReadOnlyList<JsonValue> Values(SearchDimension d)
    {
        if (d.Kind == DimensionKind.Values) return d.Values;
        var (low, high) = d.Kind == DimensionKind.Integer ? (d.Min, d.Max) : d.Line;
        var count = d.Kind == DimensionKind.Integer ? (int)Math.Min(d.Points, d.Max - d.Min + 1) : d.Points; // so no whole number comes twice
        return [.. Enumerable.Range(0, count).Select(i => i == count - 1 ? d.ValueAt(high) : d.ValueAt(low + (high - low) * i / (count - 1)))];
    }
}
