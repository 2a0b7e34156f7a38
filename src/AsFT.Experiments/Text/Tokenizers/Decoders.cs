using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AsFT.Experiments.Models;

namespace AsFT.Experiments.Text.Tokenizers;

/// <summary>The entry "decoder" of a tokenizer.json.</summary>
internal static class Decoders
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private static readonly Dictionary<char, byte> BytesOfSymbols = Enumerable.Range(0, 256).ToDictionary(b => BytePairTraining.Symbols[b], b => (byte)b);

    public static Decoder Read(JsonElement entry)
    {
        if (entry.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined) return tokens => tokens;
        switch (entry.Kind())
        {
            case "Sequence":
                var steps = entry.GetProperty("decoders").EnumerateArray().Select(Read).ToList();
                return tokens => steps.Aggregate(tokens, (t, step) => step(t));
            case "ByteLevel": return ByteLevel;
            case "ByteFallback": return ByteFallback;
            case "Fuse": return tokens => [string.Concat(tokens)];
            case "Replace": return Replace(entry.GetProperty("pattern"), entry.GetProperty("content").GetString()!);
            case "Strip": return Strip(entry.GetProperty("content").GetString()![0], entry.GetProperty("start").GetInt32(), entry.GetProperty("stop").GetInt32());
            case "Metaspace": return Metaspace(entry);
            case "WordPiece": return WordPieces;
            case var other: throw new ModelException($"tokenizer.json turns ids into text by '{other}', which is not read here");
        }
    }

    /// <summary>Spaces for ▁, bytes for &lt;0x..&gt;, and without the space that was put before the text.</summary>
    public static Decoder SentencePiece(bool stripSpace) => tokens =>
    {
        var text = string.Concat(ByteFallback([.. tokens.Select(t => t.Replace('▁', ' '))]));
        return [stripSpace && text.StartsWith(' ') ? text[1..] : text];
    };

    private static IReadOnlyList<string> ByteLevel(IReadOnlyList<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (var token in tokens)
            bytes.AddRange(token.All(BytesOfSymbols.ContainsKey) ? token.Select(c => BytesOfSymbols[c]) : Encoding.UTF8.GetBytes(token));
        return [Encoding.UTF8.GetString([.. bytes])];
    }

    /// <summary>A run of byte tokens is read as UTF-8; where it is none, each byte is U+FFFD.</summary>
    private static List<string> ByteFallback(IReadOnlyList<string> tokens)
    {
        var (texts, run) = (new List<string>(tokens.Count), new List<byte>());
        void EndRun()
        {
            if (run.Count == 0) return;
            try { texts.Add(Strict.GetString([.. run])); }
            catch (DecoderFallbackException) { texts.Add(new('\uFFFD', run.Count)); }
            run.Clear();
        }
        foreach (var token in tokens)
        {
            if (UnknownCharacters.ByteOf(token) is { } value)
            {
                run.Add(value);
                continue;
            }
            EndRun();
            texts.Add(token);
        }
        EndRun();
        return texts;
    }

    private static Decoder Replace(JsonElement pattern, string content)
    {
        var regex = new Regex(pattern.TryGetProperty("String", out var text) ? Regex.Escape(text.GetString()!) : pattern.GetProperty("Regex").GetString()!, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
        return tokens => [.. tokens.Select(t => regex.Replace(t, _ => content))];
    }

    private static Decoder Strip(char character, int start, int stop) => tokens => [.. tokens.Select(t =>
    {
        var (from, to) = (0, t.Length);
        while (from < start && from < to && t[from] == character) from++;
        while (t.Length - to < stop && to > from && t[to - 1] == character) to--;
        return t[from..to];
    })];

    private static Decoder Metaspace(JsonElement entry)
    {
        var space = entry.GetProperty("replacement").GetString()!;
        var prefixed = entry.TryGetProperty("prepend_scheme", out var scheme) ? scheme.GetString() != "never" : entry.Flag("add_prefix_space", true);
        return tokens => [.. tokens.Select((t, i) => (prefixed && i == 0 && t.StartsWith(space, StringComparison.Ordinal) ? t[space.Length..] : t).Replace(space, " ", StringComparison.Ordinal))];
    }

    public static IReadOnlyList<string> WordPieces(IReadOnlyList<string> tokens) =>
        [.. tokens.Select((t, i) => i == 0 ? t : t.StartsWith("##", StringComparison.Ordinal) ? t[2..] : " " + t)];
}
