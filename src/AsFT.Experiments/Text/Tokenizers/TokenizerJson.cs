using System.Text.Json;
using AsFT.Experiments.Models;

namespace AsFT.Experiments.Text.Tokenizers;

/// <summary>Reads a tokenizer.json whose model is BPE, over bytes or with bytes for unknown characters.</summary>
internal static class TokenizerJson
{
    /// <exception cref="ModelException">a part that is not read exactly; the message names it</exception>
    public static TokenizerPipeline Read(JsonElement root)
    {
        var model = root.GetProperty("model");
        var type = model.TryGetProperty("type", out var t) ? t.GetString() : "BPE";
        if (type == "WordPiece") throw new ModelException("tokenizer.json is of the kind WordPiece: such models classify text and write no answers; take a model with a BPE tokenizer");
        if (type != "BPE") throw new ModelException($"tokenizer.json is of the kind {type}, which is not read here; take a model with a BPE tokenizer");

        var added = new AddedTokens(Added(root));
        var cutter = root.TryGetProperty("pre_tokenizer", out var p) ? p : default;
        var vocabulary = model.GetProperty("vocab").EnumerateObject().ToDictionary(e => e.Name, e => e.Value.GetInt32(), StringComparer.Ordinal);
        var tokens = new Dictionary<int, string>(vocabulary.Count + added.All.Count);
        foreach (var (text, id) in vocabulary) tokens[id] = text;
        foreach (var token in added.All) tokens[token.Id] = token.Content;
        return new(added, Normalizers.Read(root.TryGetProperty("normalizer", out var n) ? n : default), WordCutters.Read(cutter),
            BytePairs(model, vocabulary, added, WordCutters.IsByteLevel(cutter)), Decoders.Read(root.TryGetProperty("decoder", out var d) ? d : default), tokens);
    }

    public static IEnumerable<AddedToken> Added(JsonElement root) => !root.TryGetProperty("added_tokens", out var list) ? []
        : list.EnumerateArray().Select(t => new AddedToken(t.GetProperty("id").GetInt32(), t.GetProperty("content").GetString()!, t.Flag("special"), t.Flag("single_word"), t.Flag("lstrip"), t.Flag("rstrip"))).ToList();

    /// <summary>The token that the post-processor puts before every text, if it does so.</summary>
    public static string? BeginToken(JsonElement processor) => processor.ValueKind != JsonValueKind.Object ? null : processor.Kind() switch
    {
        "Sequence" => processor.GetProperty("processors").EnumerateArray().Select(BeginToken).FirstOrDefault(b => b is not null),
        "TemplateProcessing" when processor.GetProperty("single") is { } single && single.GetArrayLength() > 0 && single[0].TryGetProperty("SpecialToken", out var token) => token.GetProperty("id").GetString(),
        _ => null,
    };

    /// <summary>A few words for people about a file that need not be readable.</summary>
    public static string Kind(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var model = document.RootElement.GetProperty("model");
            var type = model.TryGetProperty("type", out var t) ? t.GetString() : "BPE";
            return type != "BPE" ? type ?? "of an unknown kind"
                : document.RootElement.TryGetProperty("pre_tokenizer", out var p) && WordCutters.IsByteLevel(p) ? "byte-level BPE"
                : model.Flag("byte_fallback") ? "BPE with byte fallback" : "BPE";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "damaged";
        }
    }

    private static BytePairModel BytePairs(JsonElement model, Dictionary<string, int> vocabulary, AddedTokens added, bool byteLevel)
    {
        foreach (var name in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
            if (model.TryGetProperty(name, out var affix) && affix.GetString() is { Length: > 0 } given) throw new ModelException($"tokenizer.json marks parts of words by {name} '{given}', which is not read here");
        if (model.TryGetProperty("dropout", out var dropout) && dropout.ValueKind == JsonValueKind.Number && dropout.GetDouble() != 0) throw new ModelException("tokenizer.json drops merges at random (dropout); set it to null");
        if (byteLevel && BytePairTraining.Symbols.FirstOrDefault(s => !vocabulary.ContainsKey(s.ToString())) is not '\0' and var missing)
            throw new ModelException($"tokenizer.json has no entry for the byte '{missing}': it would drop text silently");

        var unknown = model.TryGetProperty("unk_token", out var u) && u.GetString() is { } name0 ? vocabulary.TryGetValue(name0, out var id) ? id : added.All.FirstOrDefault(a => a.Content == name0)?.Id : null;
        var fallback = model.Flag("byte_fallback");
        if (!byteLevel && !fallback && unknown is null) throw new ModelException("tokenizer.json has neither bytes nor an unknown token for characters that it lacks: it would drop text silently");
        var merges = model.GetProperty("merges").EnumerateArray().Select(Merge);
        // An ordinary text must not become a special token by merging either.
        return new(PairTable.FromMerges(vocabulary, merges, added.Specials), UnknownCharacters.Of(vocabulary, fallback, unknown, model.Flag("fuse_unk"))) { WholeWords = model.Flag("ignore_merges") };
    }

    /// <summary>"a b" in older files, ["a", "b"] in newer ones, where a part may hold a space.</summary>
    private static (string Left, string Right) Merge(JsonElement merge)
    {
        if (merge.ValueKind == JsonValueKind.Array) return (merge[0].GetString()!, merge[1].GetString()!);
        return merge.GetString()!.Split(' ') is [{ } left, { } right] ? (left, right) : throw new FormatException($"the merge '{merge.GetString()}' is not two parts with a space between");
    }
}
