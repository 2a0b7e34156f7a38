using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AsFT.Experiments.Specification;

/// <summary>Marks the group that holds the settings of one defence.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefendsAttribute(MethodKind kind) : Attribute
{
    public MethodKind Kind { get; } = kind;
}

/// <summary>Keeps the groups of single defences in step with the method: there exactly when it names them.</summary>
public static class DefenceGroups
{
    private static readonly IReadOnlyDictionary<string, (MethodKind Kind, Type Type)> All = typeof(RunSpecification).GetProperties()
        .Where(p => p.GetCustomAttribute<DefendsAttribute>() is not null)
        .ToDictionary(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name), p => (p.GetCustomAttribute<DefendsAttribute>()!.Kind, p.PropertyType));

    /// <summary>The defence whose settings a group holds; null for the groups of every run.</summary>
    public static Defence? Of(string group) => All.TryGetValue(group, out var g) ? Defence.Of(g.Kind) : null;

    /// <summary>Adds groups that are named and missing, with their defaults, and takes away empty ones that are not named. Those set without being named are faults.</summary>
    internal static void Complete(JsonObject tree, List<Fault> faults)
    {
        var method = tree["method"]?.Deserialize<MethodOptions>(SpecificationText.Json) ?? new MethodOptions();
        foreach (var (group, (kind, type)) in All)
        {
            if (method.Has(kind)) tree[group] ??= JsonSerializer.SerializeToNode(Activator.CreateInstance(type), type, SpecificationText.Json);
            else if (tree[group] is null) tree.Remove(group);
            else faults.Add(new(group, $"is set, and the method does not name {group}; add it to method.with, or take the group out"));
        }
    }

    /// <summary>The same run as plain fine-tuning.</summary>
    public static RunSpecification Undefended(RunSpecification run)
    {
        var tree = JsonSerializer.SerializeToNode(run with { Method = run.Method with { Kind = MethodKind.Sft, With = [] } }, SpecificationText.Json)!.AsObject();
        Follow(tree);
        return SpecificationText.FromJson(tree.ToJsonString());
    }

    /// <summary>As <see cref="Complete"/>, where a person has just chosen another method: groups that are not named go.</summary>
    public static void Follow(JsonObject tree)
    {
        var method = tree["method"].Deserialize<MethodOptions>(SpecificationText.Json)!;
        foreach (var group in All.Where(g => !method.Has(g.Value.Kind)).Select(g => g.Key)) tree.Remove(group);
        Complete(tree, []);
    }
}
