using System.Text.Json;
using System.Text.Json.Nodes;

namespace AsFT.Experiments.Datasets;

/// <summary>Labels as files write them: a list of names, or one 0/1 column each.</summary>
internal static class LabelCells
{
    private const int LongestName = 100;

    public static List<string> CheckNames(List<string> labels)
    {
        if (labels.Find(l => l.Trim().Length is 0 or > LongestName) is { } bad)
            throw new DatasetException($"The label column '{(bad.Length > LongestName ? bad[..LongestName] + "…" : bad)}' has a name of {bad.Trim().Length} characters; give it one of 1 to {LongestName}.");
        if (labels.Find(l => l.Any(char.IsControl)) is { } unseen)
            throw new DatasetException($"The label column '{Visible(unseen)}' has a control character, such as a line break, in its name. Write the name without it.");
        if (labels.GroupBy(l => l.Trim(), StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } same)
            throw new DatasetException($"The label columns {string.Join(" and ", same.Select(l => $"'{l}'"))} differ in white space or capitals only. Rename one of them, or join them.");
        return labels;
    }

    public static List<string> List(JsonNode? node)
    {
        List<string> names = node switch
        {
            JsonArray list => [.. list.Select(l => l is JsonValue v && v.GetValueKind() == JsonValueKind.String ? v.GetValue<string>().Trim() : throw new CellException("labels", l?.ToJsonString() ?? "null", "holds something that is not a label's name"))],
            JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>().Trim('[', ']').Split([',', ';', '|'], StringSplitOptions.RemoveEmptyEntries).Select(l => l.Trim(' ', '\'', '"')).ToList(),
            null => [],
            _ => throw new CellException("labels", node.ToJsonString(), "expected a list of label names"),
        };
        if (names.Any(n => n.Length is 0 or > LongestName)) throw new CellException("labels", node?.ToJsonString(), $"holds a label that is empty or longer than {LongestName} characters; give it a shorter name");
        if (names.Find(n => n.Any(char.IsControl)) is { } unseen) throw new CellException("labels", Visible(unseen), "holds a label with a control character, such as a line break, in its name; write the name without it");
        return names.Distinct().ToList();
    }

    private static string Visible(string name) => string.Concat(name.Select(c => char.IsControl(c) ? '\uFFFD' : c));

    public static bool IsSet(string column, JsonNode? cell) => cell?.ToString() switch
    {
        "1" or "1.0" or "true" or "True" => true,
        "0" or "0.0" or "false" or "False" => false,
        var other => throw new CellException(column, other ?? "", "is not 0 or 1; write 1 where the label holds and 0 where it does not"),
    };
}
