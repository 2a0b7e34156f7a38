using System.Text.Json;

namespace AsFT.Training.Judging;

/// <summary>What a classifier's config.json calls its scores: id2label.</summary>
internal static class CategoryNames
{
    public static IReadOnlyList<string> Read(string directory, int count)
    {
        using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, "config.json")));
        var named = config.RootElement.TryGetProperty("id2label", out var names) && names.ValueKind == JsonValueKind.Object;
        return [.. Enumerable.Range(0, count).Select(i => named && names.TryGetProperty($"{i}", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : $"category {i}")];
    }
}
