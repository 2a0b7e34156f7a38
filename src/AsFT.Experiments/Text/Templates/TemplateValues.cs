namespace AsFT.Experiments.Text.Templates;

/// <summary>A name or key without a value. It writes nothing and is false; anything else done with it is a fault.</summary>
internal sealed record Undefined(string Name);

/// <summary>A mapping with its keys in order.</summary>
internal sealed class TemplateMap
{
    public TemplateMap(IEnumerable<KeyValuePair<string, object?>> entries)
    {
        foreach (var (key, value) in entries) Entries[key] = value;
    }

    public OrderedDictionary<string, object?> Entries { get; } = [];
}

/// <summary>What namespace() makes: the one value that a template may change.</summary>
internal sealed class TemplateNamespace
{
    public Dictionary<string, object?> Entries { get; } = [];
}

/// <summary>Where a loop stands: the value of the name loop.</summary>
internal sealed record LoopPosition(IReadOnlyList<object?> Entries, int At)
{
    public object? Find(string name) => name switch
    {
        "index" => At + 1L,
        "index0" => (long)At,
        "first" => At == 0,
        "last" => At == Entries.Count - 1,
        "length" => (long)Entries.Count,
        "revindex" => (long)Entries.Count - At,
        "revindex0" => Entries.Count - At - 1L,
        "previtem" => At > 0 ? Entries[At - 1] : new Undefined("loop.previtem"),
        "nextitem" => At + 1 < Entries.Count ? Entries[At + 1] : new Undefined("loop.nextitem"),
        _ => throw new TemplateException($"the chat template asks for 'loop.{name}', which is not read here"),
    };
}
