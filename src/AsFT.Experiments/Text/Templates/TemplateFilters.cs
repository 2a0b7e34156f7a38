namespace AsFT.Experiments.Text.Templates;

/// <summary>What stands after | and after is. Those not here are refused by name.</summary>
internal static class TemplateFilters
{
    public static object? Apply(string name, object? value, CallArguments given, TemplateLimits limits) => name switch
    {
        "trim" => TextMethods.Strip(Text(name, value), given.Expect(0, 1, "chars"), true, true),
        "upper" or "lower" or "title" or "capitalize" or "replace" => TextMethods.Call(name, Text(name, value), given, limits),
        "length" or "count" => Length(value, given.Expect(0, 0)),
        "default" or "d" => Default(value, given.Expect(0, 2, "default_value", "boolean")),
        "join" => TextMethods.Join(given.Expect(0, 1, "d").Text(0, "d") ?? MarkedText.Empty, value, limits),
        "first" => Values.List(value, limits) is { Count: > 0 } list ? list[0] : new Undefined("first of an empty list"),
        "last" => Values.List(value, limits) is { Count: > 0 } list ? list[^1] : new Undefined("last of an empty list"),
        "list" => Values.List(value, limits),
        "reverse" when value is IReadOnlyList<object?> list => Values.List(list.Reverse().ToList(), limits),
        "string" => Values.Write(value),
        "int" => value is MarkedText t ? long.TryParse(t.Text.Trim(), System.Globalization.CultureInfo.InvariantCulture, out var n) ? n : 0L : Values.Double(value) is { } d ? (long)d : 0L,
        "items" when value is TemplateMap map => Items(map),
        "tojson" => TemplateJson.Write(value, given.Expect(0, 0, "indent", "ensure_ascii"), limits),
        _ => throw new TemplateException($"the chat template has the filter '{name}' on {Values.Kind(value)}, which is not read here"),
    };

    public static bool Test(string name, object? value, object? argument, bool hasArgument, TemplateLimits limits)
    {
        if (hasArgument != name is "in" or "equalto" or "eq" or "divisibleby") throw new TemplateException($"the chat template has the test '{name}' with {(hasArgument ? "a value" : "no value")}, which is not read here");
        return name switch
        {
            "defined" => value is not Undefined,
            "undefined" => value is Undefined,
            "none" => value is null,
            "string" => value is MarkedText,
            "number" => value is long or double or bool,
            "integer" => value is long,
            "float" => value is double,
            "boolean" => value is bool,
            "true" => value is true,
            "false" => value is false,
            "mapping" => value is TemplateMap,
            "sequence" => value is MarkedText or IReadOnlyList<object?> or TemplateMap,
            "iterable" => value is MarkedText or IReadOnlyList<object?> or TemplateMap or Undefined,
            "callable" => value is TemplateFunction,
            "odd" => value is long n && n % 2 != 0,
            "even" => value is long n && n % 2 == 0,
            "in" => TemplateOperators.Contains(argument, value, limits),
            "equalto" or "eq" => Values.AreEqual(value, argument, limits),
            "divisibleby" => value is long n && argument is long by and not 0 && n % by == 0,
            _ => throw new TemplateException($"the chat template has the test '{name}', which is not read here"),
        };
    }

    public static IReadOnlyList<object?> Items(TemplateMap map) => [.. map.Entries.Select(e => (object?)new List<object?> { MarkedText.Template(e.Key), e.Value })];

    private static MarkedText Text(string filter, object? value) => value is null or TemplateMap or IReadOnlyList<object?> or TemplateNamespace
        ? throw new TemplateException($"the chat template has the filter '{filter}' on {Values.Kind(value)}; it takes text") : Values.Write(value);

    private static long Length(object? value, CallArguments _) => value switch
    {
        MarkedText t => t.Length,
        IReadOnlyList<object?> l => l.Count,
        TemplateMap m => m.Entries.Count,
        Undefined => 0,
        _ => throw new TemplateException($"the chat template asks for the length of {Values.Kind(value)}"),
    };

    private static object? Default(object? value, CallArguments given) =>
        value is Undefined || Values.IsTrue(given.Find(1, "boolean")) && !Values.IsTrue(value) ? given.Find(0, "default_value") ?? MarkedText.Empty : value;
}
