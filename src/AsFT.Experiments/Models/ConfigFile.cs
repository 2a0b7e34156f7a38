using System.Text.Json;

namespace AsFT.Experiments.Models;

/// <summary>config.json, asked for one setting after the other.</summary>
internal sealed class ConfigFile(JsonElement root)
{
    public int Whole(string key) => Whole(key, null) ?? throw new ModelException($"config.json has no '{key}'");

    public int? Whole(string key, int? otherwise) => root.TryGetProperty(key, out var v) && v.ValueKind == JsonValueKind.Number ? v.GetInt32() : otherwise;

    public double? Number(string key) => root.TryGetProperty(key, out var v) && v.ValueKind == JsonValueKind.Number ? v.GetDouble() : null;

    public bool Flag(string key, bool otherwise = false) => root.TryGetProperty(key, out var v) ? v.ValueKind == JsonValueKind.True : otherwise;

    public string? Text(string key) => root.TryGetProperty(key, out var v) && v.ValueKind == JsonValueKind.String ? v.GetString() : null;

    /// <summary>The first of a list of texts, such as the class in 'architectures'.</summary>
    public string? First(string key) => root.TryGetProperty(key, out var v) && v.ValueKind == JsonValueKind.Array && v.GetArrayLength() > 0 ? v[0].GetString() : null;

    public ConfigFile? Group(string key) => root.TryGetProperty(key, out var v) && v.ValueKind == JsonValueKind.Object ? new(v) : null;

    public int Count(string key) => root.TryGetProperty(key, out var v) && v.ValueKind == JsonValueKind.Object ? v.EnumerateObject().Count() : 0;

    /// <summary>Refuses a setting that would change the result and is not built.</summary>
    public void Refuse(bool set, string what)
    {
        if (set) throw new ModelException($"config.json sets {what}, which is not supported");
    }
}
