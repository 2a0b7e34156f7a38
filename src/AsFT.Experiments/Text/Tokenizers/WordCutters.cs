using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AsFT.Experiments.Models;

namespace AsFT.Experiments.Text.Tokenizers;

/// <summary>The entry "pre_tokenizer" of a tokenizer.json.</summary>
internal static class WordCutters
{
    public static WordCutter? Read(JsonElement entry)
    {
        if (entry.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined) return null;
        switch (entry.Kind())
        {
            case "Sequence":
                var steps = entry.GetProperty("pretokenizers").EnumerateArray().Select(p => Read(p)!).ToList();
                return (text, place) => steps.Aggregate<WordCutter, IEnumerable<string>>([text], (words, step) => words.SelectMany((w, i) => step(w, i == 0 || place == Place.Continues ? place : Place.AfterToken)));
            case "ByteLevel": return ByteLevel(entry);
            case "Split": return Split(entry);
            case "Digits": return Isolated(new(entry.Flag("individual_digits") ? @"\p{N}" : @"\p{N}+"));
            case "Metaspace": return Metaspace(entry);
            case "BertPreTokenizer": return BertText.Words;
            case "WhitespaceSplit": return (text, _) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            case var other: throw new ModelException($"tokenizer.json cuts words by '{other}', which is not read here; take a model that cuts by ByteLevel, Split, Digits, Metaspace, BertPreTokenizer, WhitespaceSplit or a Sequence of these");
        }
    }

    /// <summary>Whether words reach the model as bytes.</summary>
    public static bool IsByteLevel(JsonElement entry) => entry.ValueKind == JsonValueKind.Object
        && (entry.Kind() == "ByteLevel" || entry.Kind() == "Sequence" && entry.GetProperty("pretokenizers").EnumerateArray().Any(IsByteLevel));

    private static WordCutter ByteLevel(JsonElement entry)
    {
        var prefix = entry.Flag("add_prefix_space", true);
        var words = entry.Flag("use_regex", true) ? new WordSplitting(TokenizerDirectory.WordPattern) : null;
        return (text, place) =>
        {
            if (prefix && place != Place.Continues && !text.StartsWith(' ')) text = " " + text;
            var cut = words is null ? [text] : words.Split(text).Select(w => w.Text);
            return cut.Select(w => string.Concat(Encoding.UTF8.GetBytes(w).Select(b => BytePairTraining.Symbols[b])));
        };
    }

    private static WordCutter Split(JsonElement entry)
    {
        var pattern = entry.GetProperty("pattern");
        var splitting = new WordSplitting(pattern.TryGetProperty("Regex", out var regex) ? regex.GetString()! : Regex.Escape(pattern.GetProperty("String").GetString()!));
        var invert = entry.Flag("invert");
        IEnumerable<(string Text, bool Matched)> Parts(string text) => splitting.Split(text).Select(p => (p.Text, Matched: p.Matched != invert));
        return entry.GetProperty("behavior").GetString() switch
        {
            "Isolated" => (text, _) => Parts(text).Select(p => p.Text),
            "Removed" => (text, _) => Parts(text).Where(p => !p.Matched).Select(p => p.Text),
            "MergedWithPrevious" => (text, _) => Attached(Parts(text)),
            "MergedWithNext" => (text, _) => AttachedToNext(Parts(text)),
            var other => throw new ModelException($"tokenizer.json splits text with the behaviour '{other}', which is not read here; Isolated, Removed, MergedWithPrevious and MergedWithNext are"),
        };
    }

    private static WordCutter Isolated(WordSplitting splitting) => (text, _) => splitting.Split(text).Select(p => p.Text);

    private static WordCutter Metaspace(JsonElement entry)
    {
        var space = entry.GetProperty("replacement").GetString()!;
        var scheme = entry.TryGetProperty("prepend_scheme", out var s) ? s.GetString()! : entry.Flag("add_prefix_space", true) ? "always" : "never";
        var splitting = entry.Flag("split", true) ? new WordSplitting(Regex.Escape(space)) : null;
        return (text, place) =>
        {
            text = text.Replace(" ", space, StringComparison.Ordinal);
            var prefix = scheme == "always" ? place != Place.Continues : scheme == "first" && place == Place.Start;
            if (prefix && !text.StartsWith(space, StringComparison.Ordinal)) text = space + text;
            return splitting is null ? [text] : AttachedToNext(splitting.Split(text));
        };
    }

    /// <summary>A match joins the part before it, unless that is a match too.</summary>
    private static List<string> Attached(IEnumerable<(string Text, bool Matched)> parts)
    {
        var words = new List<string>();
        var matched = false;
        foreach (var part in parts)
        {
            if (part.Matched && !matched && words.Count > 0) words[^1] += part.Text;
            else words.Add(part.Text);
            matched = part.Matched;
        }
        return words;
    }

    /// <summary>A match joins the part after it, unless that is a match too.</summary>
    private static List<string> AttachedToNext(IEnumerable<(string Text, bool Matched)> parts)
    {
        var words = new List<string>();
        var matched = false;
        foreach (var part in parts.Reverse())
        {
            if (part.Matched && !matched && words.Count > 0) words[^1] = part.Text + words[^1];
            else words.Add(part.Text);
            matched = part.Matched;
        }
        words.Reverse();
        return words;
    }
}
