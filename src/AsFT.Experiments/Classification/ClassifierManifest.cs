using System.Text.Json;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Classification;

/// <summary>What a trained classifier's directory says of itself beside its encoder: the file classifier.json.</summary>
public sealed record ClassifierManifest
{
    public const string FileName = "classifier.json", HeadFile = "head.safetensors";

    public required ClassifierForm Form { get; init; }

    /// <summary>In the order of the head's scores.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>What stands in the first segment for each label.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>A label holds if its probability is above its threshold.</summary>
    public required IReadOnlyList<double> Thresholds { get; init; }

    /// <summary>Tokens that are read, label words included.</summary>
    public required int MaxLength { get; init; }

    /// <summary>Padding is attended and both segments look alike.</summary>
    public bool Published { get; init; }

    public double Dropout { get; init; }

    /// <summary>SHA-256 of the datasets that it learnt from and was chosen by; empty for one from before this was written.</summary>
    public IReadOnlyList<string> Seen { get; init; } = [];

    public static bool IsIn(string directory) => File.Exists(Path.Combine(directory, FileName));

    /// <exception cref="ModelException">the file is missing or damaged</exception>
    public static ClassifierManifest Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path)) throw new ModelException($"{FileName} is missing: the directory holds no classifier that was trained here");
        try
        {
            var read = JsonSerializer.Deserialize<ClassifierManifest>(File.ReadAllBytes(path), SpecificationText.Json)!;
            return read.Labels.Count > 0 && read.Labels.Count == read.Words.Count && read.Labels.Count == read.Thresholds.Count ? read
                : throw new ModelException($"{FileName} names {read.Labels.Count} labels, {read.Words.Count} words and {read.Thresholds.Count} thresholds; it is damaged");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new ModelException($"{FileName} cannot be read: {e.Message}", e);
        }
    }

    public void Write(string directory) => File.WriteAllText(Path.Combine(directory, FileName), JsonSerializer.Serialize(this, SpecificationText.Json));
}
