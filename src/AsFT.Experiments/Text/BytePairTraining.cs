using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AsFT.Experiments.Text;

/// <summary>
/// Learns a byte-level BPE vocabulary (Sennrich et al. 2016, over bytes as in GPT-2) and writes it as tokenizer.json.
/// Any text can be encoded, since all 256 bytes are in it.
/// </summary>
public static class BytePairTraining
{
    /// <param name="texts">what to learn from</param>
    /// <param name="size">ids in all: the special ones, 256 bytes, and merges</param>
    /// <param name="special">tokens that text never yields; they take the first ids</param>
    public static string Train(IEnumerable<string> texts, int size, IReadOnlyList<string> special)
    {
        var words = new Dictionary<string, int>();
        foreach (var text in texts)
            foreach (Match word in Regex.Matches(text, TokenizerDirectory.WordPattern))
                words[word.Value] = words.GetValueOrDefault(word.Value) + 1;
        var pieces = words.OrderBy(w => w.Key, StringComparer.Ordinal)
            .Select(w => (Parts: Encoding.UTF8.GetBytes(w.Key).Select(b => Symbols[b].ToString()).ToList(), Count: w.Value)).ToList();

        var vocabulary = special.Concat(Symbols.Select(s => s.ToString())).ToList();
        var merges = new List<string>();
        while (vocabulary.Count < size && MostFrequentPair(pieces) is { } best)
        {
            merges.Add($"{best.Left} {best.Right}");
            vocabulary.Add(best.Left + best.Right);
            foreach (var (parts, _) in pieces) Merge(parts, best);
        }
        return ToJson(vocabulary, merges, special);
    }

    private static (string Left, string Right)? MostFrequentPair(List<(List<string> Parts, int Count)> pieces)
    {
        var counts = new Dictionary<(string Left, string Right), int>();
        foreach (var (parts, count) in pieces)
            for (var i = 1; i < parts.Count; i++)
                counts[(parts[i - 1], parts[i])] = counts.GetValueOrDefault((parts[i - 1], parts[i])) + count;
        return counts.Count == 0 || counts.Values.Max() < 2 ? null
            : counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key.Left, StringComparer.Ordinal).ThenBy(c => c.Key.Right, StringComparer.Ordinal).First().Key;
    }

    private static void Merge(List<string> parts, (string Left, string Right) pair)
    {
        for (var i = parts.Count - 1; i > 0; i--)
        {
            if (i >= parts.Count || parts[i - 1] != pair.Left || parts[i] != pair.Right) continue;
            parts[i - 1] += pair.Right;
            parts.RemoveAt(i);
        }
    }

    /// <summary>GPT-2's printable stand-in for each byte: itself where printable, else the next free character from U+0100.</summary>
    internal static readonly char[] Symbols = MakeSymbols();

    private static char[] MakeSymbols()
    {
        var next = 256;
        return [.. Enumerable.Range(0, 256).Select(b => b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF ? (char)b : (char)next++)];
    }

    private static string ToJson(List<string> vocabulary, List<string> merges, IReadOnlyList<string> special) => JsonSerializer.Serialize(new
    {
        version = "1.0",
        added_tokens = special.Select((content, id) => new { id, content, single_word = false, lstrip = false, rstrip = false, normalized = false, special = true }),
        normalizer = (object?)null,
        pre_tokenizer = new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = true },
        post_processor = (object?)null,
        decoder = new { type = "ByteLevel", add_prefix_space = true, trim_offsets = true, use_regex = true },
        model = new { type = "BPE", vocab = vocabulary.Select((token, id) => (token, id)).ToDictionary(v => v.token, v => v.id), merges },
    });
}
