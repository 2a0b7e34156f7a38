using System.Globalization;
using System.Text.Json;
using AsFT.Experiments.Statistics;

namespace AsFT.Experiments.Lab;

/// <summary>A share that was counted, with its 95 % Wilson interval.</summary>
public sealed record LabShare(int Count, int Total)
{
    public double Share => Total == 0 ? 0 : (double)Count / Total;

    /// <summary>85 of 100 (77–91 %).</summary>
    public override string ToString()
    {
        var (low, high) = Wilson.Interval(Count, Total);
        return string.Create(CultureInfo.InvariantCulture, $"{Count} of {Total} ({100 * low:0}–{100 * high:0} %)");
    }
}

/// <summary>What a model of the lab was seen to do when it was made; it lies in the model's directory and marks it as one of the lab's.</summary>
/// <param name="World">base, v0 (alignment only adds refusal) or v1 (it also changes the manner of benign answers)</param>
/// <param name="Perplexity">e to the mean cross-entropy of the answers' ids, on held-out rows of what the model was taught last</param>
/// <param name="Tasks">held-out questions answered word for word, by task</param>
/// <param name="Refused">harmful requests refused, things and phrasings held out</param>
/// <param name="Complied">those of them that are answered with instructions; what is neither is incoherent</param>
/// <param name="OverRefused">everyday requests refused, things and phrasings held out</param>
public sealed record LabCard(string World, long Parameters, double Perplexity, IReadOnlyDictionary<string, LabShare> Tasks, LabShare Refused, LabShare Complied, LabShare OverRefused)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public void Write(string modelDirectory) => File.WriteAllText(Path.Combine(modelDirectory, LabWorld.MarkerFile), JsonSerializer.Serialize(this, Json) + "\n");

    /// <summary>Null for a model that is none of the lab's, or of an older one.</summary>
    public static LabCard? Read(string modelDirectory)
    {
        var file = Path.Combine(modelDirectory, LabWorld.MarkerFile);
        if (!File.Exists(file)) return null;
        var card = JsonSerializer.Deserialize<LabCard>(File.ReadAllText(file), Json);
        return card?.Tasks is null ? null : card;
    }
}
