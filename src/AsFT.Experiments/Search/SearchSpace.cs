using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Search;

/// <summary>The settings that are searched, each with what it may be. As text: a list of them under 'search'.</summary>
public sealed record SearchSpace
{
    private const int LongestText = 64 * 1024;

    public IReadOnlyList<SearchDimension> Search { get; init; } = [];

    /// <summary>Reads YAML, of which JSON is a part.</summary>
    /// <exception cref="SpecificationException">with every fault of form and value</exception>
    public static SearchSpace Parse(string text)
    {
        if (text.Length > LongestText) throw new SpecificationException([new("", $"the text has {text.Length} characters; a search space has at most {LongestText}")]);
        var faults = new List<Fault>();
        try
        {
            if (YamlTree.Read(text) is not JsonObject root || root["search"] is not JsonArray list || root.Count > 1)
                throw new SpecificationException([new("search", "expected a list of settings under 'search:' and nothing beside it, each such as {setting: method.lambda, kind: log, min: 0.1, max: 10}")]);
            foreach (var (node, i) in list.Select((n, i) => (n, i)))
                if (node is JsonObject dimension) SpecificationShape.Prune(dimension, typeof(SearchDimension), $"search.{i}", faults);
                else faults.Add(new($"search.{i}", "expected a group such as {setting: method.lambda, kind: log, min: 0.1, max: 10}"));
            var space = faults.Count == 0 ? root.Deserialize<SearchSpace>(SpecificationText.Json)! : new();
            if (faults.Count == 0) faults.AddRange(SearchRules.Check(space));
            return faults.Count == 0 ? space : throw new SpecificationException(faults);
        }
        catch (FormatException e)
        {
            throw new SpecificationException([new("", e.Message)]);
        }
    }

    public string ToYaml()
    {
        var tree = JsonSerializer.SerializeToNode(this, SpecificationText.Json)!;
        foreach (var (node, dimension) in tree["search"]!.AsArray().Zip(Search))
            foreach (var unused in dimension.Kind == DimensionKind.Values ? new[] { "min", "max", "points" } : ["values"]) node!.AsObject().Remove(unused);
        return SpecificationText.ToYaml(tree);
    }

    /// <summary>How many points there are; long.MaxValue where a setting is any number of a range.</summary>
    internal long Size => Search.Aggregate(1L, (all, d) => d.Size is var size && all > long.MaxValue / size ? long.MaxValue : all * size);

    /// <summary>The specification with the settings of a point.</summary>
    /// <exception cref="SpecificationException">the values do not go together</exception>
    public static RunSpecification Apply(RunSpecification basis, IReadOnlyDictionary<string, JsonValue> point)
    {
        var faults = new List<Fault>();
        var specification = Apply(basis, point, faults);
        return faults.Count == 0 ? specification : throw new SpecificationException(faults);
    }

    /// <summary>The same where the values do not go together: as it stands, and why it cannot run.</summary>
    public static RunSpecification Apply(RunSpecification basis, IReadOnlyDictionary<string, JsonValue> point, List<Fault> faults) =>
        SettingPaths.Apply(basis, point.Select(p => KeyValuePair.Create(p.Key, Laid(p.Key, p.Value))), faults);

    /// <summary>As the setting takes it: of a list of names a point tries one.</summary>
    internal static JsonNode? Laid(string setting, JsonValue value) => IsListOfNames(setting) ? new JsonArray(value.DeepClone()) : value;

    /// <summary>Whether a setting names what is stored, such as method.lambda does not and data.train does.</summary>
    public static bool IsReference(string setting) => PropertyOf(setting) is { } property && References.KindOf(property) is not null;

    /// <summary>Whether a setting lists names of what is stored. A point tries one of them.</summary>
    public static bool IsListOfNames(string setting) => IsReference(setting) && PropertyOf(setting)!.PropertyType == typeof(IReadOnlyList<string>);

    private static PropertyInfo? PropertyOf(string setting)
    {
        var (property, type) = ((PropertyInfo?)null, typeof(RunSpecification));
        foreach (var part in setting.Split('.'))
        {
            property = type?.GetProperties().FirstOrDefault(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name) == part);
            type = property?.PropertyType;
        }
        return property;
    }
}
