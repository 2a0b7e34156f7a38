namespace AsFT.Experiments.Text.Templates;

/// <summary>The names that are known at a place. What a loop's body sets is gone after each turn.</summary>
internal sealed class TemplateScope(TemplateScope? outer, IReadOnlyDictionary<string, object?>? given = null)
{
    private readonly Dictionary<string, object?> names = given is null ? new(2) : new(given);

    public object? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
            if (scope.names.TryGetValue(name, out var value)) return value;
        return new Undefined(name);
    }

    public void Set(string name, object? value) => names[name] = value;

    private TemplateScope? Outer { get; } = outer;
}
