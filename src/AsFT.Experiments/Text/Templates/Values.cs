using System.Globalization;

namespace AsFT.Experiments.Text.Templates;

/// <summary>What holds for every value of a template.</summary>
internal static class Values
{
    public static string Kind(object? value) => value switch
    {
        null => "none",
        bool => "true or false",
        long => "a whole number",
        double => "a number",
        MarkedText => "a text",
        IReadOnlyList<object?> => "a list",
        TemplateMap => "a mapping",
        TemplateNamespace => "a namespace",
        LoopPosition => "the place of a loop",
        Undefined u => $"'{u.Name}', which has no value",
        _ => "a function",
    };

    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool b => b,
        long n => n != 0,
        double d => d != 0,
        MarkedText t => t.Length > 0,
        IReadOnlyList<object?> l => l.Count > 0,
        TemplateMap m => m.Entries.Count > 0,
        _ => true,
    };

    /// <summary>The value as {{ }} writes it.</summary>
    public static MarkedText Write(object? value) => value switch
    {
        MarkedText t => t,
        Undefined => MarkedText.Empty,
        null => MarkedText.Template("None"),
        bool b => MarkedText.Template(b ? "True" : "False"),
        long n => MarkedText.Template(n.ToString(CultureInfo.InvariantCulture)),
        double d => MarkedText.Template(Number(d)),
        _ => throw new TemplateException($"the chat template writes {Kind(value)}; only texts and numbers are written, others through the filter tojson"),
    };

    public static IReadOnlyList<object?> List(object? value, TemplateLimits limits)
    {
        IReadOnlyList<object?> list = value switch
        {
            IReadOnlyList<object?> l => l,
            MarkedText t => Letters(t, limits),
            TemplateMap m => [.. m.Entries.Keys.Select(MarkedText.Template)],
            Undefined => [],
            _ => throw new TemplateException($"the chat template goes over {Kind(value)} as if it were a list"),
        };
        limits.Entries(list.Count);
        return list;
    }

    public static bool AreEqual(object? a, object? b, TemplateLimits limits)
    {
        limits.Enter();
        var equal = (a, b) switch
        {
            (MarkedText x, MarkedText y) => x.Text == y.Text,
            (IReadOnlyList<object?> x, IReadOnlyList<object?> y) => x.Count == y.Count && x.Zip(y).All(p => AreEqual(p.First, p.Second, limits)),
            (TemplateMap x, TemplateMap y) => x.Entries.Count == y.Entries.Count && x.Entries.All(e => y.Entries.TryGetValue(e.Key, out var other) && AreEqual(e.Value, other, limits)),
            (Undefined, Undefined) or (null, null) => true,
            _ => Double(a) is { } x && Double(b) is { } y ? x == y : ReferenceEquals(a, b),
        };
        limits.Leave();
        return equal;
    }

    /// <summary>Numbers; true counts 1, as in Python.</summary>
    public static double? Double(object? value) => value switch { long n => n, double d => d, bool b => b ? 1 : 0, _ => null };

    private static IReadOnlyList<object?> Letters(MarkedText text, TemplateLimits limits)
    {
        limits.Entries(text.Length);
        return [.. Enumerable.Range(0, text.Length).Select(i => text.Slice(i, 1))];
    }

    private static string Number(double d)
    {
        var text = d.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('E') || !double.IsFinite(d) ? throw new TemplateException($"the chat template writes the number {text}, which is not written here") : text.Contains('.') ? text : text + ".0";
    }
}
