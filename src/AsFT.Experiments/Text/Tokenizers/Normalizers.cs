using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AsFT.Experiments.Models;

namespace AsFT.Experiments.Text.Tokenizers;

/// <summary>The entry "normalizer" of a tokenizer.json.</summary>
internal static class Normalizers
{
    public static Normalizer? Read(JsonElement entry)
    {
        if (entry.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined) return null;
        switch (entry.Kind())
        {
            case "Sequence":
                var steps = entry.GetProperty("normalizers").EnumerateArray().Select(n => Read(n)!).ToList();
                return (text, place) => steps.Aggregate(text, (t, step) => step(t, place));
            case "Prepend":
                var prefix = entry.GetProperty("prepend").GetString()!;
                return (text, place) => place == Place.Continues || text.Length == 0 ? text : prefix + text;
            case "Replace":
                return Replacement(entry.GetProperty("pattern"), entry.GetProperty("content").GetString()!);
            case "NFC": return (text, _) => CanonicalForms.Compose(text);
            case "NFD": return (text, _) => CanonicalForms.Decompose(text);
            case "Lowercase": return (text, _) => Lower(text);
            case "StripAccents": return (text, _) => StripMarks(text);
            case "BertNormalizer": return BertText.FromJson(entry).Apply;
            case var other: throw new ModelException($"tokenizer.json normalises text by '{other}', which is not read here; take a model whose normaliser is one of Prepend, Replace, NFC, NFD, Lowercase, StripAccents, BertNormalizer or a Sequence of these");
        }
    }

    private static Normalizer Replacement(JsonElement pattern, string content)
    {
        if (pattern.TryGetProperty("String", out var text))
            return text.GetString() is { Length: > 0 } old ? (t, _) => t.Replace(old, content, StringComparison.Ordinal) : throw new FormatException("a Replace normaliser has an empty pattern");
        var regex = new Regex(pattern.GetProperty("Regex").GetString()!, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
        return (t, _) => regex.Replace(t, _ => content);
    }

    /// <summary>Letter by letter, with the one letter whose lower case is two characters.</summary>
    internal static string Lower(string text) => text.ToLowerInvariant().Replace("İ", "i̇", StringComparison.Ordinal);

    internal static string StripMarks(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark) kept.Append(rune);
        return kept.ToString();
    }

    internal static string Kind(this JsonElement entry) => entry.GetProperty("type").GetString()!;

    internal static bool Flag(this JsonElement entry, string name, bool otherwise = false) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : otherwise;
}
