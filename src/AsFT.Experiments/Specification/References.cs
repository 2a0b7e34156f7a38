using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AsFT.Experiments.Specification;

public enum ReferenceKind { Model, Dataset, Run }

/// <summary>Marks a setting that names something stored.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ReferenceAttribute(ReferenceKind kind) : Attribute
{
    public ReferenceKind Kind { get; } = kind;
}

/// <summary>A place in a specification that names something stored.</summary>
public sealed record Reference(string Path, ReferenceKind Kind, string Value);

/// <summary>All settings that name a model, a dataset or a run, found by their mark.</summary>
public static class References
{
    /// <summary>What a setting refers to; null if it stands for itself.</summary>
    public static ReferenceKind? KindOf(PropertyInfo setting) => setting.GetCustomAttribute<ReferenceAttribute>()?.Kind;

    public static IReadOnlyList<Reference> In(RunSpecification specification)
    {
        var found = new List<Reference>();
        Replace(specification, r =>
        {
            found.Add(r);
            return r.Value;
        });
        return found;
    }

    /// <summary>The specification with every reference exchanged for another text; empty ones are left alone.</summary>
    public static RunSpecification Replace(RunSpecification specification, Func<Reference, string> by)
    {
        var tree = JsonSerializer.SerializeToNode(specification, SpecificationText.Json)!.AsObject();
        Replace(tree, by);
        return tree.Deserialize<RunSpecification>(SpecificationText.Json)!;
    }

    /// <summary>The same in a tree of some of its settings, which is changed.</summary>
    internal static void Replace(JsonObject settings, Func<Reference, string> by) => Walk(settings, typeof(RunSpecification), "", by);

    private static void Walk(JsonObject node, Type type, string path, Func<Reference, string> by)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var key = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            var at = path.Length == 0 ? key : $"{path}.{key}";
            if (node[key] is JsonObject group) Walk(group, property.PropertyType, at, by);
            if (KindOf(property) is not { } kind) continue;
            if (node[key] is JsonArray list) node[key] = new JsonArray([.. list.Select((item, i) => (JsonNode)By($"{at}[{i}]", kind, item!.GetValue<string>()))]);
            else if (node[key] is JsonValue value) node[key] = By(at, kind, value.GetValue<string>());
        }
        string By(string at, ReferenceKind kind, string value) => value.Length == 0 ? value : by(new(at, kind, value));
    }
}
