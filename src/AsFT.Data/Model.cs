namespace AsFT.Data;

/// <summary>A registered Hugging Face directory.</summary>
public sealed class Model
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Name { get; set; }
    public required string Directory { get; init; }
    public required string Architecture { get; init; }
    public required long Parameters { get; init; }
    public required string Dtype { get; init; }
    public required string Tokenizer { get; init; }

    /// <summary>SHA-256 over the weight files, in the order of their names.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The model before safety training, which AsFT compares with.</summary>
    public Guid? BaseId { get; set; }
    public Model? Base { get; set; }
    public DateTime RegisteredAt { get; init; } = DateTime.UtcNow;
}
