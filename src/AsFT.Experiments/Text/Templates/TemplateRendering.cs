namespace AsFT.Experiments.Text.Templates;

/// <summary>Runs the statements of a template once.</summary>
internal sealed class TemplateRendering
{
    private enum Flow { On, Continue, Break }

    private readonly TemplateLimits limits = new();
    private readonly TemplateEvaluator evaluator;
    private List<MarkedText> output = [];
    private long written;

    private TemplateRendering() => evaluator = new(limits);

    public static MarkedText Run(IReadOnlyList<Node> template, IReadOnlyDictionary<string, object?> variables)
    {
        var rendering = new TemplateRendering();
        rendering.RunAll(template, new(null, variables));
        return MarkedText.Join(rendering.output.Count == 0 ? [MarkedText.Empty] : rendering.output);
    }

    private Flow RunAll(IReadOnlyList<Node> nodes, TemplateScope scope)
    {
        foreach (var node in nodes)
            if (RunOne(node, scope) is not Flow.On and var flow) return flow;
        return Flow.On;
    }

    private Flow RunOne(Node node, TemplateScope scope)
    {
        limits.Step();
        switch (node)
        {
            case TextNode text: Write(MarkedText.Template(text.Text)); return Flow.On;
            case OutputNode o: Write(Values.Write(evaluator.Evaluate(o.Value, scope))); return Flow.On;
            case IfNode branches:
                foreach (var (condition, body) in branches.Branches)
                    if (condition is null || Values.IsTrue(evaluator.Evaluate(condition, scope))) return RunAll(body, scope);
                return Flow.On;
            case ForNode loop: RunLoop(loop, scope); return Flow.On;
            case SetNode set: Set(set, scope); return Flow.On;
            case SetBlockNode block: scope.Set(block.Name, Captured(block.Body, scope)); return Flow.On;
            case LeaveNode leave: return leave.Continues ? Flow.Continue : Flow.Break;
            default: throw new ArgumentOutOfRangeException(nameof(node), node, "unknown kind of statement");
        }
    }

    private void RunLoop(ForNode loop, TemplateScope scope)
    {
        var entries = Values.List(evaluator.Evaluate(loop.Over, scope), limits);
        if (loop.Filter is not null) entries = [.. entries.Where(e => Values.IsTrue(evaluator.Evaluate(loop.Filter, Bind(loop, e, new(scope)))))];
        if (entries.Count == 0) RunAll(loop.Otherwise, scope);
        for (var i = 0; i < entries.Count; i++)
        {
            limits.Step(5);
            var inner = Bind(loop, entries[i], new(scope));
            inner.Set("loop", new LoopPosition(entries, i));
            if (RunAll(loop.Body, inner) == Flow.Break) break;
        }
    }

    private TemplateScope Bind(ForNode loop, object? entry, TemplateScope inner)
    {
        if (loop.Targets is [var only])
        {
            inner.Set(only, entry);
            return inner;
        }
        var parts = Values.List(entry, limits);
        if (parts.Count != loop.Targets.Count) throw new TemplateException($"the chat template takes {parts.Count} values apart into {loop.Targets.Count} names");
        for (var i = 0; i < parts.Count; i++) inner.Set(loop.Targets[i], parts[i]);
        return inner;
    }

    private void Set(SetNode set, TemplateScope scope)
    {
        var value = evaluator.Evaluate(set.Value, scope);
        if (set.Attribute is null) scope.Set(set.Name, value);
        else if (scope.Find(set.Name) is TemplateNamespace space) space.Entries[set.Attribute] = value;
        else throw new TemplateException($"the chat template sets '{set.Name}.{set.Attribute}', and '{set.Name}' is no namespace");
    }

    private MarkedText Captured(IReadOnlyList<Node> body, TemplateScope scope)
    {
        var (outer, before) = (output, written);
        output = [];
        RunAll(body, scope);
        var text = TemplateOperators.Join(output.Count == 0 ? [MarkedText.Empty] : output, limits);
        (output, written) = (outer, before);
        return text;
    }

    private void Write(MarkedText text)
    {
        written += text.Length;
        if (written > TemplateLimits.OutputCharacters) limits.Characters(written);
        limits.Characters(text.Length);
        if (text.Length > 0) output.Add(text);
    }
}
