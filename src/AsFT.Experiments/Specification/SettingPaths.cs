using System.Text.Json;
using System.Text.Json.Nodes;

namespace AsFT.Experiments.Specification;

/// <summary>Single settings, each named by its place such as method.lambda, laid over a specification: what searches and tournaments vary.</summary>
public static class SettingPaths
{
    /// <summary>The specification with those settings; where they do not go together, as it stands, and why it cannot run.</summary>
    public static RunSpecification Apply(RunSpecification basis, IEnumerable<KeyValuePair<string, JsonNode?>> settings, List<Fault> faults)
    {
        var tree = JsonSerializer.SerializeToNode(basis, SpecificationText.Json)!.AsObject();
        foreach (var (setting, value) in settings) Set(tree, setting, value);
        var specification = SpecificationText.Read(tree, faults);
        faults.AddRange(SpecificationRules.Check(specification));
        return specification;
    }

    /// <summary>Why there is no such setting, or why it does not take such a value; asked of the specification's own record.</summary>
    public static Fault? Misfit(string setting, JsonNode? value)
    {
        var (tree, faults) = (new JsonObject(), new List<Fault>());
        Set(tree, setting, value);
        SpecificationShape.Prune(tree, typeof(RunSpecification), "", faults);
        return faults.FirstOrDefault();
    }

    /// <summary>The value with another text for every model and dataset that it names.</summary>
    internal static JsonNode? Replace(string setting, JsonNode? value, Func<Reference, string> by)
    {
        var tree = new JsonObject();
        Set(tree, setting, value);
        References.Replace(tree, by);
        return setting.Split('.').Aggregate((JsonNode?)tree, (node, part) => node?[part])?.DeepClone();
    }

    private static void Set(JsonObject tree, string setting, JsonNode? value)
    {
        var parts = setting.Split('.');
        foreach (var group in parts[..^1])
        {
            if (tree[group] is not JsonObject) tree[group] = new JsonObject();
            tree = tree[group]!.AsObject();
        }
        tree[parts[^1]] = value?.DeepClone();
    }
}
