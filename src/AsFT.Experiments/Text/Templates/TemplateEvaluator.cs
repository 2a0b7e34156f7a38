namespace AsFT.Experiments.Text.Templates;

/// <summary>
/// Finds the value of an expression. A template reaches only the values it was given and the functions listed here;
/// there is no way from a value to an object of this program.
/// </summary>
internal sealed class TemplateEvaluator(TemplateLimits limits)
{
    public object? Evaluate(Expression expression, TemplateScope scope)
    {
        limits.Enter();
        var value = Value(expression, scope);
        limits.Leave();
        return value;
    }

    private object? Value(Expression expression, TemplateScope scope) => expression switch
    {
        LiteralExpression literal => literal.Value,
        NameExpression name => scope.Find(name.Name) is var found && found is Undefined ? Function(name.Name) ?? found : found,
        ListExpression list => All(list.Entries, scope),
        MapExpression map => new TemplateMap(map.Entries.Select(e => KeyValuePair.Create(Key(Evaluate(e.Key, scope)), Evaluate(e.Value, scope)))),
        AttributeExpression a => Attribute(Evaluate(a.Of, scope), a.Name),
        IndexExpression i => Entry(Evaluate(i.Of, scope), Evaluate(i.Index, scope)),
        SliceExpression s => Slice(s, scope),
        CallExpression call => Call(call, scope),
        FilterExpression f => TemplateFilters.Apply(f.Name, Evaluate(f.Of, scope), Given(f.Name, f.Arguments, scope), limits),
        TestExpression t => TemplateFilters.Test(t.Name, Evaluate(t.Of, scope), t.Argument is null ? null : Evaluate(t.Argument, scope), t.Argument is not null, limits),
        UnaryExpression u => Unary(u.Operator, Evaluate(u.Operand, scope)),
        BinaryExpression b => Binary(b, scope),
        ConditionalExpression c => Values.IsTrue(Evaluate(c.Condition, scope)) ? Evaluate(c.Value, scope) : c.Otherwise is null ? new Undefined("if without else") : Evaluate(c.Otherwise, scope),
        _ => throw new ArgumentOutOfRangeException(nameof(expression), expression, "unknown kind of expression"),
    };

    private object? Binary(BinaryExpression b, TemplateScope scope)
    {
        var left = Evaluate(b.Left, scope);
        if (b.Operator == "and") return Values.IsTrue(left) ? Evaluate(b.Right, scope) : left;
        if (b.Operator == "or") return Values.IsTrue(left) ? left : Evaluate(b.Right, scope);
        return TemplateOperators.Apply(b.Operator, left, Evaluate(b.Right, scope), limits);
    }

    private static object? Unary(string op, object? value) => (op, value) switch
    {
        ("not", _) => !Values.IsTrue(value),
        ("-", long.MinValue) or (_, null or not (long or double)) => throw new TemplateException($"the chat template puts '{op}' before {Values.Kind(value)}"),
        ("-", long n) => -n,
        ("-", double d) => -d,
        _ => value,
    };

    private List<object?> All(IReadOnlyList<Expression> entries, TemplateScope scope) => [.. entries.Select(e => Evaluate(e, scope))];

    private static string Key(object? value) => value is MarkedText text ? text.Text : throw new TemplateException($"the chat template has {Values.Kind(value)} as a key; keys are texts");

    private static object? Attribute(object? of, string name)
    {
        switch (of)
        {
            case TemplateMap map: return map.Entries.TryGetValue(name, out var value) ? value : new Undefined(name);
            case TemplateNamespace space: return space.Entries.TryGetValue(name, out var kept) ? kept : new Undefined(name);
            case LoopPosition loop: return loop.Find(name);
            default: throw new TemplateException($"the chat template asks {Values.Kind(of)} for '{name}', which it does not have");
        }
    }

    private static object? Entry(object? of, object? index)
    {
        if (of is TemplateMap map) return index is MarkedText key ? map.Entries.TryGetValue(key.Text, out var value) ? value : new Undefined(key.Text) : new Undefined("a key that is no text");
        if (of is not (MarkedText or IReadOnlyList<object?>) || index is not long number) throw new TemplateException($"the chat template asks {Values.Kind(of)} for the entry of {Values.Kind(index)}");
        var count = of is MarkedText t ? t.Length : ((IReadOnlyList<object?>)of).Count;
        var at = number < 0 ? number + count : number;
        if (at < 0 || at >= count) return new Undefined($"entry {number}");
        return of is MarkedText text ? text.Slice((int)at, 1) : ((IReadOnlyList<object?>)of)[(int)at];
    }

    private object? Slice(SliceExpression s, TemplateScope scope)
    {
        var of = Evaluate(s.Of, scope);
        long? Bound(Expression? e) => e is null ? null : Evaluate(e, scope) switch { null => null, long n => n, var other => throw new TemplateException($"the chat template cuts by {Values.Kind(other)}") };
        var (from, to, step) = (Bound(s.From), Bound(s.To), Bound(s.Step) ?? 1);
        if (of is not (MarkedText or IReadOnlyList<object?>)) throw new TemplateException($"the chat template cuts {Values.Kind(of)}");
        if (step is 0 or long.MinValue) throw new TemplateException("the chat template cuts in steps of zero");
        var count = of is MarkedText t ? t.Length : ((IReadOnlyList<object?>)of).Count;
        var chosen = Chosen(from, to, step, count);
        limits.Entries(chosen.Count);
        if (of is IReadOnlyList<object?> list) return chosen.ConvertAll(i => list[i]);
        var text = (MarkedText)of;
        if (step == 1) return chosen.Count == 0 ? MarkedText.Empty : text.Slice(chosen[0], chosen.Count);
        return TemplateOperators.Join(chosen.Count == 0 ? [MarkedText.Empty] : chosen.ConvertAll(i => text.Slice(i, 1)), limits);
    }

    /// <summary>Which entries a slice takes: bounds below zero count from the end, and bounds outside are moved inside.</summary>
    private static List<int> Chosen(long? from, long? to, long step, int count)
    {
        long Inside(long bound) => Math.Clamp(bound < 0 ? bound + count : bound, step < 0 ? -1 : 0, step < 0 ? count - 1 : count);
        var (start, end) = (from is { } f ? Inside(f) : step < 0 ? count - 1 : 0, to is { } t ? Inside(t) : step < 0 ? -1 : count);
        var chosen = new List<int>();
        for (var i = start; step > 0 ? i < end : i > end; i += Math.Clamp(step, -count - 1L, count + 1L)) chosen.Add((int)i);
        return chosen;
    }

    private object? Call(CallExpression call, TemplateScope scope)
    {
        if (call.Of is AttributeExpression method)
        {
            var of = Evaluate(method.Of, scope);
            var given = Given(method.Name, call.Arguments, scope);
            if (of is MarkedText text) return TextMethods.Call(method.Name, text, given, limits);
            if (of is TemplateMap map) return MapMethod(map, method.Name, given);
            throw new TemplateException($"the chat template calls '{method.Name}' of {Values.Kind(of)}, which is not read here");
        }
        var value = Evaluate(call.Of, scope);
        return value is TemplateFunction function ? function.Call(Given(function.Name, call.Arguments, scope))
            : throw new TemplateException($"the chat template calls {Values.Kind(value)}; the functions are range, namespace, dict and raise_exception");
    }

    private static object? MapMethod(TemplateMap map, string name, CallArguments given) => name switch
    {
        "items" => TemplateFilters.Items(map),
        "keys" => map.Entries.Keys.Select(object? (k) => MarkedText.Template(k)).ToList(),
        "values" => map.Entries.Values.ToList(),
        "get" => map.Entries.TryGetValue(given.Expect(1, 2).Text(0).Text, out var value) ? value : given.Find(1, "default"),
        _ => throw new TemplateException($"the chat template calls '{name}' of a mapping, which is not read here"),
    };

    private CallArguments Given(string of, Arguments arguments, TemplateScope scope) =>
        new(of, All(arguments.Positional, scope), arguments.Named.DistinctBy(n => n.Name).ToDictionary(n => n.Name, n => Evaluate(n.Value, scope)));

    private TemplateFunction? Function(string name) => name switch
    {
        "range" => new(name, Range),
        "namespace" => new(name, given => given.Expect(0, 0, [.. given.Named.Keys]).Named.Aggregate(new TemplateNamespace(), (space, e) => { space.Entries[e.Key] = e.Value; return space; })),
        "dict" => new(name, given => new TemplateMap(given.Expect(0, 0, [.. given.Named.Keys]).Named)),
        "raise_exception" => new(name, given => throw new TemplateException($"the chat template refuses this conversation: {given.Expect(1, 1).Text(0).Text}")),
        _ => null,
    };

    private object? Range(CallArguments given)
    {
        var first = given.Expect(1, 3).Number(0, "", 0);
        var (from, to, step) = given.Positional.Count == 1 ? (0, first, 1) : (first, given.Number(1, "", 0), given.Number(2, "", 1));
        if (step == 0) throw new TemplateException("the chat template counts in steps of zero");
        var count = Math.Max(0, ((long)to - from + step - Math.Sign(step)) / step);
        if (count > TemplateLimits.RangeLength) throw new TemplateException($"the chat template counts over {count:N0} numbers; {TemplateLimits.RangeLength:N0} is the most");
        limits.Entries(count);
        return Enumerable.Range(0, (int)count).Select(i => (object?)(from + (long)i * step)).ToList();
    }
}
