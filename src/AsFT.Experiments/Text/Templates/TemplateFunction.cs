namespace AsFT.Experiments.Text.Templates;

/// <summary>A function or method that a template may call.</summary>
internal sealed record TemplateFunction(string Name, Func<CallArguments, object?> Call);

/// <summary>The values of a call, by place or by name.</summary>
internal sealed record CallArguments(string Of, IReadOnlyList<object?> Positional, IReadOnlyDictionary<string, object?> Named)
{
    public object? this[int at] => Positional[at];

    /// <exception cref="TemplateException">more or fewer values than the function takes</exception>
    public CallArguments Expect(int least, int most, params string[] names)
    {
        if (Positional.Count < least || Positional.Count > most) throw new TemplateException($"the chat template gives '{Of}' {Positional.Count} values, it takes {(least == most ? least : $"{least} to {most}")}");
        if (Named.Keys.FirstOrDefault(n => !names.Contains(n)) is { } other) throw new TemplateException($"the chat template gives '{Of}' the value '{other}', which is not read here");
        return this;
    }

    public object? Find(int at, string name) => at < Positional.Count ? Positional[at] : Named.GetValueOrDefault(name);

    public MarkedText? Text(int at, string name) => Find(at, name) switch
    {
        null => null,
        MarkedText text => text,
        var other => throw new TemplateException($"the chat template gives '{Of}' {Values.Kind(other)}, it takes text"),
    };

    public MarkedText Text(int at) => Text(at, "") ?? throw new TemplateException($"the chat template gives '{Of}' none, it takes text");

    public int Number(int at, string name, int otherwise) => Find(at, name) switch
    {
        null => otherwise,
        long n => (int)Math.Clamp(n, int.MinValue, int.MaxValue),
        var other => throw new TemplateException($"the chat template gives '{Of}' {Values.Kind(other)}, it takes a whole number"),
    };
}
