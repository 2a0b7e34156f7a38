using System.Globalization;
using System.Text.Json.Nodes;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Search;

/// <summary>What a search space may hold.</summary>
public static class SearchRules
{
    private const int MostValues = 1000;

    /// <summary>Faults of form: ranges, lists, and settings that are not there or are of another kind.</summary>
    public static IReadOnlyList<Fault> Check(SearchSpace space)
    {
        var faults = new List<Fault>();
        if (space.Search.Count == 0) faults.Add(new("search", "is empty; name at least one setting"));
        for (var i = 0; i < space.Search.Count; i++)
        {
            var dimension = space.Search[i];
            if (space.Search.Take(i).Any(d => d.Setting == dimension.Setting)) faults.Add(new($"search.{i}.setting", $"'{dimension.Setting}' is searched already; join the two"));
            var problem = dimension.Kind == DimensionKind.Values ? List(dimension) : Range(dimension);
            if (problem is not null) faults.Add(new($"search.{i}", $"{dimension.Setting}: {problem}"));
            else faults.AddRange(Setting(dimension).Select(p => new Fault($"search.{i}", p)));
        }
        return faults;
    }

    /// <summary>Faults of the values themselves: each end of each range, and each listed value, put into the specification alone.</summary>
    public static IReadOnlyList<Fault> Check(SearchSpace space, RunSpecification basis) =>
    [
        .. space.Search.SelectMany(d => Probes(d).SelectMany(v =>
        {
            try
            {
                SearchSpace.Apply(basis, new Dictionary<string, JsonValue> { [d.Setting] = v });
                return [];
            }
            catch (SpecificationException e)
            {
                return e.Faults;
            }
        })).Distinct(),
    ];

    private static string? List(SearchDimension d) =>
        d.Values.Count is 0 or > MostValues ? $"has {d.Values.Count} values; list 1 to {MostValues}"
        : d.Values.GroupBy(v => v.ToJsonString()).FirstOrDefault(g => g.Count() > 1) is { } twice ? $"lists {twice.Key} twice"
        : null;

    private static string? Range(SearchDimension d) =>
        d.Values.Count > 0 ? "has a list of values and is no list; take kind: values, or remove them"
        : !(double.IsFinite(d.Min) && double.IsFinite(d.Max) && d.Min < d.Max) ? Text($"goes from {d.Min} to {d.Max}; min must be less than max")
        : d.Kind == DimensionKind.Log && d.Min <= 0 ? Text($"is a log range from {d.Min}; take a min above 0, or kind: linear")
        : d.Kind == DimensionKind.Integer && (d.Min != Math.Floor(d.Min) || d.Max != Math.Floor(d.Max) || Math.Abs(d.Min) > int.MaxValue || d.Max > int.MaxValue) ? Text($"goes from {d.Min} to {d.Max}; take whole numbers")
        : d.Points is < 2 or > MostValues ? Text($"has {d.Points} points; a grid takes 2 to {MostValues}")
        : null;

    /// <summary>Whether there is such a setting, and whether it takes such values.</summary>
    private static IEnumerable<string> Setting(SearchDimension d)
    {
        foreach (var value in d.Kind is DimensionKind.Linear or DimensionKind.Log ? [JsonValue.Create(d.Min + (d.Max - d.Min) * 0.4142)] : Probes(d))
        {
            if (SettingPaths.Misfit(d.Setting, SearchSpace.Laid(d.Setting, value)) is not { } misfit) continue;
            var whole = misfit.Problem.StartsWith("expected a whole number", StringComparison.Ordinal) && d.Kind != DimensionKind.Values;
            yield return whole ? $"{d.Setting}: takes whole numbers only; take kind: integer" : misfit.ToString();
            if (d.Kind != DimensionKind.Values) yield break;
        }
    }

    private static IEnumerable<JsonValue> Probes(SearchDimension d) => d.Kind switch
    {
        DimensionKind.Values => d.Values,
        DimensionKind.Integer => [JsonValue.Create((long)d.Min), JsonValue.Create((long)d.Max)],
        _ => [JsonValue.Create(d.Min), JsonValue.Create(d.Max)],
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
