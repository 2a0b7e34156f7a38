using System.Text.Json;
using System.Text.RegularExpressions;
using AsFT.Experiments.Models;
using Microsoft.ML.Tokenizers;

namespace AsFT.Experiments.Text;

/// <summary>
/// The tokenizer of a model directory: tokenizer.model (SentencePiece as Llama 2 has it) or tokenizer.json (byte-level
/// BPE). What cannot be read exactly is refused by name.
/// </summary>
public static class TokenizerDirectory
{
    /// <summary>How GPT-2 cuts text into words before BPE.</summary>
    public const string WordPattern = @"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>One line for people; says so when there is none.</summary>
    public static string Describe(string directory) =>
        File.Exists(Path.Combine(directory, "tokenizer.json")) ? "tokenizer.json (byte-level BPE)"
        : File.Exists(Path.Combine(directory, "tokenizer.model")) ? "tokenizer.model (SentencePiece)"
        : "none";

    /// <exception cref="ModelException">missing, damaged, or of a kind that is not read exactly</exception>
    public static TextTokenizer Load(string directory)
    {
        var (begin, end) = SpecialIds(directory);
        try
        {
            var json = Path.Combine(directory, "tokenizer.json");
            if (File.Exists(json)) return ByteLevel(json, begin, end);
            var pieces = Path.Combine(directory, "tokenizer.model");
            if (!File.Exists(pieces)) throw new ModelException("neither tokenizer.json nor tokenizer.model is in the directory: text cannot be read. Copy the whole model directory.");
            using var stream = File.OpenRead(pieces);
            var llama = LlamaTokenizer.Create(stream, addBeginOfSentence: false, addEndOfSentence: false);
            return new(llama, llama.Vocabulary.Count, begin ?? llama.BeginningOfSentenceId, end ?? llama.EndOfSentenceId);
        }
        catch (Exception e) when (e is not ModelException and (JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException or FormatException or InvalidDataException or NotSupportedException))
        {
            throw new ModelException($"the tokenizer cannot be read: {e.Message}", e);
        }
    }

    private static (int? Begin, int? End) SpecialIds(string directory)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, "config.json")));
        int? Id(string key) => !document.RootElement.TryGetProperty(key, out var id) ? null
            : id.ValueKind == JsonValueKind.Array ? id[0].GetInt32()
            : id.ValueKind == JsonValueKind.Number ? id.GetInt32() : null;
        return (Id("bos_token_id"), Id("eos_token_id"));
    }

    private static TextTokenizer ByteLevel(string path, int? begin, int? end)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var root = document.RootElement;
        var model = root.GetProperty("model");
        if (model.GetProperty("type").GetString() is var type and not "BPE") throw new ModelException($"tokenizer.json is of the kind {type}; byte-level BPE is read");
        if (root.TryGetProperty("normalizer", out var normalizer) && normalizer.ValueKind != JsonValueKind.Null)
            throw new ModelException($"tokenizer.json normalises text ({normalizer.GetProperty("type").GetString()}), which is not supported");
        if (end is null) throw new ModelException("config.json names no eos_token_id: answers would never end");

        var vocabulary = model.GetProperty("vocab").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetInt32());
        if (BytePairTraining.Symbols.FirstOrDefault(s => !vocabulary.ContainsKey(s.ToString())) is not '\0' and var missing)
            throw new ModelException($"tokenizer.json has no entry for the byte '{missing}': it would drop text silently");
        var merges = model.GetProperty("merges").EnumerateArray().Select(m => m.ValueKind == JsonValueKind.String ? m.GetString()! : $"{m[0].GetString()} {m[1].GetString()}");
        var added = root.GetProperty("added_tokens").EnumerateArray().ToDictionary(t => t.GetProperty("content").GetString()!, t => t.GetProperty("id").GetInt32());
        foreach (var (token, id) in added) vocabulary.TryAdd(token, id);
        var tokenizer = BpeTokenizer.Create(new BpeOptions(vocabulary)
        {
            Merges = merges, ByteLevel = true,
            PreTokenizer = new RegexPreTokenizer(new Regex(Pattern(root.GetProperty("pre_tokenizer")), RegexOptions.Compiled | RegexOptions.CultureInvariant), null),
        });
        return new(tokenizer, vocabulary.Values.Max() + 1, begin, end.Value);
    }

    private static string Pattern(JsonElement preTokenizer)
    {
        var type = preTokenizer.GetProperty("type").GetString();
        if (type == "ByteLevel") return WordPattern;
        if (type == "Sequence")
        {
            var parts = preTokenizer.GetProperty("pretokenizers");
            if (parts.GetArrayLength() == 2 && parts[0].GetProperty("type").GetString() == "Split" && parts[1].GetProperty("type").GetString() == "ByteLevel")
                return parts[0].GetProperty("pattern").GetProperty("Regex").GetString()!;
        }
        throw new ModelException($"tokenizer.json cuts words by '{type}', which is not supported");
    }
}
