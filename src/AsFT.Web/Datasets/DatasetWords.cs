using System.Text.Json;
using AsFT.Experiments.Datasets;

namespace AsFT.Web.Datasets;

/// <summary>Datasets in words and cells.</summary>
public static class DatasetWords
{
    public static string Kind(DatasetKind kind) => kind switch
    {
        DatasetKind.Instructions => "instructions",
        DatasetKind.Prompts => "prompts without answers",
        DatasetKind.Conversations => "conversations",
        _ => "texts with labels",
    };

    public static string Format(FileFormat format) => format switch
    {
        FileFormat.JsonLines => "JSONL",
        FileFormat.Parquet => "Parquet",
        _ => format.ToString().ToUpperInvariant(),
    };

    /// <summary>A row as the table shows it: a heading and a text for each part that is there.</summary>
    public static IReadOnlyList<(string Head, string Text)> Cells(Row row) => row switch
    {
        InstructionRow i => [.. new[] { ("system", i.System), ("instruction", i.Instruction), ("input", i.Input), ("output", i.Output) }.Where(c => !string.IsNullOrEmpty(c.Item2)).Select(c => (c.Item1, c.Item2!))],
        ChatRow c => [.. c.Messages.Select(m => (m.Role, m.Content))],
        LabelledRow l => [("text", l.Text), ("labels", l.Labels.Count == 0 ? "none" : string.Join(", ", l.Labels))],
        _ => [("row", JsonSerializer.Serialize(row, DatasetFolder.Json))],
    };
}
