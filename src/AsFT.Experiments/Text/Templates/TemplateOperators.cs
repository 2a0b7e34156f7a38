namespace AsFT.Experiments.Text.Templates;

/// <summary>The operators between two values, as Python has them.</summary>
internal static class TemplateOperators
{
    public static object? Apply(string op, object? left, object? right, TemplateLimits limits) => op switch
    {
        "==" => Values.AreEqual(left, right, limits),
        "!=" => !Values.AreEqual(left, right, limits),
        "in" => Contains(right, left, limits),
        "not in" => !Contains(right, left, limits),
        "<" => Order(op, left, right) < 0,
        "<=" => Order(op, left, right) <= 0,
        ">" => Order(op, left, right) > 0,
        ">=" => Order(op, left, right) >= 0,
        "~" => Join([Values.Write(left), Values.Write(right)], limits),
        "+" when left is MarkedText a && right is MarkedText b => Join([a, b], limits),
        "+" when left is IReadOnlyList<object?> a && right is IReadOnlyList<object?> b => Concatenation(a, b, limits),
        "*" when left is MarkedText text && right is long times => Repeat(text, times, limits),
        _ => Arithmetic(op, left, right),
    };

    public static MarkedText Join(IReadOnlyList<MarkedText> parts, TemplateLimits limits)
    {
        limits.Characters(parts.Sum(p => (long)p.Length));
        return MarkedText.Join(parts);
    }

    public static bool Contains(object? whole, object? part, TemplateLimits limits)
    {
        switch (whole)
        {
            case MarkedText text when part is MarkedText piece:
                limits.Characters(text.Length);
                return text.Text.Contains(piece.Text, StringComparison.Ordinal);
            case IReadOnlyList<object?> list: return list.Any(entry => Values.AreEqual(entry, part, limits));
            case TemplateMap map: return part is MarkedText key && map.Entries.ContainsKey(key.Text);
            case Undefined: return false;
            default: throw new TemplateException($"the chat template asks whether {Values.Kind(part)} is in {Values.Kind(whole)}");
        }
    }

    private static int Order(string op, object? left, object? right)
    {
        if (left is MarkedText a && right is MarkedText b) return string.CompareOrdinal(a.Text, b.Text);
        if (Values.Double(left) is { } x && Values.Double(right) is { } y) return x.CompareTo(y);
        throw Misfit(op, left, right);
    }

    private static IReadOnlyList<object?> Concatenation(IReadOnlyList<object?> a, IReadOnlyList<object?> b, TemplateLimits limits)
    {
        limits.Entries((long)a.Count + b.Count);
        return [.. a, .. b];
    }

    private static MarkedText Repeat(MarkedText text, long times, TemplateLimits limits)
    {
        if (times <= 0 || text.Length == 0) return MarkedText.Empty;
        limits.Characters(times > TemplateLimits.OutputCharacters ? times : text.Length * times);
        return MarkedText.Join([.. Enumerable.Repeat(text, (int)times)]);
    }

    private static object? Arithmetic(string op, object? left, object? right)
    {
        try
        {
            if (left is long or bool && right is long or bool && op != "/") return Whole(op, Convert.ToInt64(left, null), Convert.ToInt64(right, null));
        }
        catch (OverflowException)
        {
            throw new TemplateException($"the chat template computes a number that is too large ({op})");
        }
        if (Values.Double(left) is not { } x || Values.Double(right) is not { } y) throw Misfit(op, left, right);
        if (op is "/" or "//" or "%" && y == 0) throw new TemplateException("the chat template divides by zero");
        return op switch { "+" => x + y, "-" => x - y, "*" => x * y, "/" => x / y, "//" => Math.Floor(x / y), _ => x - y * Math.Floor(x / y) };
    }

    /// <summary>Division and remainder round down, also below zero.</summary>
    private static long Whole(string op, long x, long y)
    {
        if (op is "//" or "%" && y == 0) throw new TemplateException("the chat template divides by zero");
        checked
        {
            return op switch { "+" => x + y, "-" => x - y, "*" => x * y, "//" => x / y - (x % y != 0 && x < 0 != y < 0 ? 1 : 0), _ => y == -1 ? 0 : x % y is var r && r != 0 && r < 0 != y < 0 ? r + y : r };
        }
    }

    private static TemplateException Misfit(string op, object? left, object? right) =>
        new($"the chat template applies '{op}' to {Values.Kind(left)} and {Values.Kind(right)}, which do not go together");
}
