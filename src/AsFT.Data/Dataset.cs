using AsFT.Experiments.Datasets;

namespace AsFT.Data;

/// <summary>A stored dataset; its rows lie in the folder of its hash.</summary>
public sealed class Dataset
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Name { get; set; }
    public required string Sha256 { get; init; }
    public required DatasetKind Kind { get; init; }
    public required FileFormat Format { get; init; }
    public required long Bytes { get; init; }
    public required long Rows { get; init; }
    public required long SetAside { get; init; }
    public DateTime CreatedAt { get; init; } = DateTime.UtcNow;
}
