using System.Text.Json;
using AsFT.Experiments.Models;

namespace AsFT.Experiments.Text.Tokenizers;

/// <summary>What config.json, generation_config.json and tokenizer_config.json of a model directory say about its text.</summary>
internal sealed class TokenizerSettings
{
    private readonly JsonElement config, generation, tokenizer;

    public TokenizerSettings(string directory)
    {
        config = Read(directory, "config.json");
        generation = Read(directory, "generation_config.json");
        tokenizer = Read(directory, "tokenizer_config.json");
    }

    public bool HasTokenizerConfig => tokenizer.ValueKind == JsonValueKind.Object;

    public bool? AddsBegin => Boolean("add_bos_token");
    public bool? LowerCases => Boolean("do_lower_case");
    public bool? SpacesIdeographs => Boolean("tokenize_chinese_chars");
    public bool? StripsAccents => Boolean("strip_accents");

    /// <summary>A token by its role, such as eos_token; written as text or as an object with its content.</summary>
    public string? Token(string role) => !Property(tokenizer, role, out var token) ? null
        : token.ValueKind == JsonValueKind.String ? token.GetString()
        : token.ValueKind == JsonValueKind.Object && token.TryGetProperty("content", out var content) ? content.GetString() : null;

    public JsonElement ChatTemplate => Property(tokenizer, "chat_template", out var template) ? template : default;

    public int? BeginId => Ids(config, "bos_token_id").Cast<int?>().FirstOrDefault();

    /// <summary>All that end an answer; the tokenizer's own end token is the first, if it is among them.</summary>
    public IReadOnlyList<int> EndIds(int? tokenizersOwn)
    {
        var ids = Ids(config, "eos_token_id").Concat(Ids(generation, "eos_token_id")).Distinct().ToList();
        if (tokenizersOwn is not { } own || ids.Count > 0 && !ids.Contains(own)) return ids;
        return [own, .. ids.Where(id => id != own)];
    }

    private static IEnumerable<int> Ids(JsonElement file, string key) => !Property(file, key, out var ids) ? []
        : ids.ValueKind == JsonValueKind.Array ? [.. ids.EnumerateArray().Select(i => i.GetInt32())]
        : ids.ValueKind == JsonValueKind.Number ? [ids.GetInt32()] : [];

    private bool? Boolean(string key) => Property(tokenizer, key, out var flag) && flag.ValueKind is JsonValueKind.True or JsonValueKind.False ? flag.GetBoolean() : null;

    private static bool Property(JsonElement file, string key, out JsonElement value)
    {
        value = default;
        return file.ValueKind == JsonValueKind.Object && file.TryGetProperty(key, out value);
    }

    private static JsonElement Read(string directory, string name)
    {
        var path = Path.Combine(directory, name);
        if (!File.Exists(path)) return default;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new ModelException($"{name} is damaged: {e.Message}", e);
        }
    }
}
