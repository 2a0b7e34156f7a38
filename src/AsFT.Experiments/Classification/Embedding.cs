using System.Text.Json;
using AsFT.Experiments.Datasets;

namespace AsFT.Experiments.Classification;

/// <summary>Where the texts lie at one time of a run.</summary>
/// <param name="Points">two numbers a text: its place along the two principal components</param>
/// <param name="Explained">the share of the variance along each of the two</param>
public sealed record Embedding(IReadOnlyList<double[]> Points, IReadOnlyList<double> Explained, PairDistances Distances, TokenSimilarity? Tokens);

/// <summary>Mean cosine distances of pairs of texts by what their label sets have in common; null where there is no such pair.</summary>
public sealed record PairDistances(double? Equal, double? Overlapping, double? Disjoint, double? Alignment, double? Uniformity);

/// <summary>Mean cosines of two labels' tokens within a text; null where there is no such pair.</summary>
public sealed record TokenSimilarity(double? BothPresent, double? BothAbsent, double? OneOfEach);

/// <summary>The file embeddings.json of a run: texts of dev before the first step and at the best epoch.</summary>
/// <param name="Of">from how many texts of dev these were taken, evenly; 0 in files that do not tell</param>
/// <param name="Before">null where the map that was made at the start could not be read any more</param>
public sealed record EmbeddingFile(IReadOnlyList<string> Labels, IReadOnlyList<EmbeddedText> Texts, Embedding? Before, Embedding? After, int Of = 0)
{
    public const string Name = "embeddings.json";

    /// <summary>Null where there is no such file, or none that can be read.</summary>
    public static EmbeddingFile? Read(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize<EmbeddingFile>(File.ReadAllBytes(path), DatasetFolder.Json) is { Labels: not null, Texts: not null } read ? read : null;
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            return null;
        }
    }
}

/// <summary>A text and the numbers of its labels.</summary>
public sealed record EmbeddedText(string Text, IReadOnlyList<int> Labels);
