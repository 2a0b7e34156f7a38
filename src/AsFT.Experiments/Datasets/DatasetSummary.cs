namespace AsFT.Experiments.Datasets;

public sealed record LabelCount(string Label, long Rows);

/// <summary>What is known of a stored dataset; the file dataset.json in its folder.</summary>
public sealed record DatasetSummary
{
    public required string Sha256 { get; init; }
    public required string Name { get; init; }
    public required DatasetKind Kind { get; init; }
    public required FileFormat Format { get; init; }
    public required long Bytes { get; init; }
    public required long Rows { get; init; }
    public required long SetAside { get; init; }
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>In the order of the columns, or of first appearance; for multi-label datasets only.</summary>
    public required IReadOnlyList<LabelCount> Labels { get; init; }

    /// <summary>Null for other kinds, and for datasets that were stored before this was counted.</summary>
    public LabelSets? LabelSets { get; init; }

    /// <summary>What speaks against training a classifier on it, in sentences.</summary>
    public IReadOnlyList<string> Warnings => Kind != DatasetKind.MultiLabel ? [] :
    [
        .. Labels.Count >= 2 ? [] : new[] { $"The rows have {(Labels.Count == 0 ? "no label" : $"only one label, '{Labels[0].Label}'")}; training with several labels needs at least 2." },
        .. Named(Labels.Where(l => l.Rows == 0), "never occurs", "never occur", "add rows that have it, or remove the column: nothing can be learnt of it"),
        .. Named(Labels.Where(l => l.Rows == Rows), "holds for every row", "hold for every row", "add rows without it: nothing can be learnt of it"),
        .. Labels.GroupBy(l => l.Label, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Take(5)
            .Select(g => $"The labels {string.Join(" and ", g.Select(l => $"'{l.Label}'"))} differ in capitals only; write them alike if they mean the same."),
    ];

    private static IEnumerable<string> Named(IEnumerable<LabelCount> labels, string one, string many, string advice)
    {
        var names = labels.Select(l => $"'{l.Label}'").ToList();
        if (names.Count == 0) yield break;
        var shown = string.Join(", ", names.Take(5)) + (names.Count > 5 ? $" and {names.Count - 5} more" : "");
        yield return names.Count == 1 ? $"The label {shown} {one}; {advice}." : $"The labels {shown} {many}; {advice}.";
    }
}
