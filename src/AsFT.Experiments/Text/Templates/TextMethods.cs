namespace AsFT.Experiments.Text.Templates;

/// <summary>The methods of texts that a template may call, as Python has them.</summary>
internal static class TextMethods
{
    public static object? Call(string name, MarkedText text, CallArguments given, TemplateLimits limits)
    {
        limits.Characters(text.Length);
        switch (name)
        {
            case "strip": return Strip(text, given.Expect(0, 1), true, true);
            case "lstrip": return Strip(text, given.Expect(0, 1), true, false);
            case "rstrip": return Strip(text, given.Expect(0, 1), false, true);
            case "upper": given.Expect(0, 0); return text.With(text.Text.ToUpperInvariant());
            case "lower": given.Expect(0, 0); return text.With(text.Text.ToLowerInvariant());
            case "title": given.Expect(0, 0); return Title(text);
            case "capitalize": given.Expect(0, 0); return Capitalize(text);
            case "startswith": return Any(given.Expect(1, 1)[0], p => text.Text.StartsWith(p, StringComparison.Ordinal));
            case "endswith": return Any(given.Expect(1, 1)[0], p => text.Text.EndsWith(p, StringComparison.Ordinal));
            case "find": return (long)text.Text.IndexOf(given.Expect(1, 1).Text(0).Text, StringComparison.Ordinal);
            case "count": return (long)Occurrences(text, given.Expect(1, 1).Text(0), int.MaxValue, limits).Count;
            case "split": return Split(text, given.Expect(0, 2, "sep", "maxsplit"), limits);
            case "replace": return Replace(text, given.Expect(2, 3, "count").Text(0), given.Text(1), given.Number(2, "count", -1), limits);
            case "join": return Join(text, given.Expect(1, 1)[0], limits);
            default: throw new TemplateException($"the chat template asks a text for '{name}', which is not read here");
        }
    }

    public static MarkedText Strip(MarkedText text, CallArguments given, bool left, bool right)
    {
        var characters = given.Text(0, "chars")?.Text;
        bool Goes(char c) => characters is null ? char.IsWhiteSpace(c) : characters.Contains(c, StringComparison.Ordinal);
        var (from, to) = (0, text.Length);
        while (left && from < to && Goes(text.Text[from])) from++;
        while (right && to > from && Goes(text.Text[to - 1])) to--;
        return text.Slice(from, to - from);
    }

    public static MarkedText Replace(MarkedText text, MarkedText old, MarkedText with, int count, TemplateLimits limits)
    {
        if (old.Length == 0) throw new TemplateException("the chat template replaces an empty text");
        var parts = new List<MarkedText>();
        var from = 0;
        foreach (var at in Occurrences(text, old, count < 0 ? int.MaxValue : count, limits))
        {
            parts.Add(text.Slice(from, at - from));
            parts.Add(with);
            from = at + old.Length;
        }
        if (parts.Count == 0) return text;
        parts.Add(text.Slice(from, text.Length - from));
        return TemplateOperators.Join(parts, limits);
    }

    public static MarkedText Join(MarkedText separator, object? list, TemplateLimits limits)
    {
        var parts = new List<MarkedText>();
        foreach (var entry in Values.List(list, limits))
        {
            if (parts.Count > 0) parts.Add(separator);
            parts.Add(Values.Write(entry));
        }
        return TemplateOperators.Join(parts.Count == 0 ? [MarkedText.Empty] : parts, limits);
    }

    public static MarkedText Capitalize(MarkedText text) =>
        text.Length == 0 ? text : text.With(char.ToUpperInvariant(text.Text[0]) + text.Text[1..].ToLowerInvariant());

    public static MarkedText Title(MarkedText text)
    {
        var letters = text.Text.ToCharArray();
        for (var i = 0; i < letters.Length; i++)
            letters[i] = i > 0 && char.IsLetter(letters[i - 1]) ? char.ToLowerInvariant(letters[i]) : char.ToUpperInvariant(letters[i]);
        return text.With(new(letters));
    }

    private static IReadOnlyList<object?> Split(MarkedText text, CallArguments given, TemplateLimits limits)
    {
        var most = given.Number(1, "maxsplit", -1) is >= 0 and var m ? m : int.MaxValue;
        if (given.Text(0, "sep") is not { } separator) return Words(text, most, limits);
        if (separator.Length == 0) throw new TemplateException("the chat template splits by an empty text");
        var parts = new List<object?>();
        var from = 0;
        foreach (var at in Occurrences(text, separator, most, limits))
        {
            parts.Add(text.Slice(from, at - from));
            from = at + separator.Length;
        }
        return [.. parts, text.Slice(from, text.Length - from)];
    }

    private static List<object?> Words(MarkedText text, int most, TemplateLimits limits)
    {
        var words = new List<object?>();
        for (var i = 0; i < text.Length;)
        {
            while (i < text.Length && char.IsWhiteSpace(text.Text[i])) i++;
            if (i == text.Length) break;
            var from = i;
            if (words.Count == most) i = text.Length; // the rest, with its spaces
            else
                while (i < text.Length && !char.IsWhiteSpace(text.Text[i])) i++;
            words.Add(text.Slice(from, i - from));
        }
        limits.Entries(words.Count * 4L);
        return words;
    }

    private static List<int> Occurrences(MarkedText text, MarkedText part, int most, TemplateLimits limits)
    {
        var found = new List<int>();
        for (var at = 0; found.Count < most && (at = text.Text.IndexOf(part.Text, at, StringComparison.Ordinal)) >= 0 && part.Length > 0; at += part.Length) found.Add(at);
        limits.Entries(found.Count * 4L);
        return found;
    }

    private static bool Any(object? parts, Func<string, bool> holds) => parts switch
    {
        MarkedText text => holds(text.Text),
        IReadOnlyList<object?> list => list.Any(p => p is MarkedText text && holds(text.Text)),
        _ => throw new TemplateException($"the chat template looks for {Values.Kind(parts)} in a text"),
    };
}
