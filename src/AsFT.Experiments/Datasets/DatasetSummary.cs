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
}
