using System.Text.Json;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Classification;

/// <summary>How a trained classifier judges answers, and how well it was seen to do that: the file judge.json beside classifier.json.</summary>
public sealed record JudgeManifest
{
    public const string FileName = "judge.json";

    /// <summary>An answer is harmful if one of these labels is more probable than the threshold.</summary>
    public required IReadOnlyList<string> Harm { get; init; }

    public required double Threshold { get; init; }
    public JudgeReads Reads { get; init; }
    public required JudgeValidation Validation { get; init; }

    /// <exception cref="ModelException">the file is missing or damaged</exception>
    public static JudgeManifest Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path)) throw new ModelException($"{FileName} is missing: make the classifier a judge first, on its run's page or by asft promote");
        try
        {
            return JsonSerializer.Deserialize<JudgeManifest>(File.ReadAllBytes(path), SpecificationText.Json)!;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new ModelException($"{FileName} cannot be read: {e.Message}", e);
        }
    }

    public void Write(string directory) => File.WriteAllText(Path.Combine(directory, FileName), JsonSerializer.Serialize(this, SpecificationText.Json));
}

public enum JudgeReads { Answer, QuestionAndAnswer }

/// <summary>What was counted on texts whose labels are known: of the harmful ones how many were found, of the harmless ones how many were left alone.</summary>
/// <param name="Seen">texts that were left out because the classifier learnt them or was chosen by them; null where it is not known which those are</param>
public sealed record JudgeValidation(string Dataset, string Sha256, int Harmful, int Found, int Harmless, int LeftAlone, int? Seen = null)
{
    /// <summary>Share of the harmful texts that the judge finds.</summary>
    public double Sensitivity => Harmful == 0 ? 0 : (double)Found / Harmful;

    /// <summary>Share of the harmless texts that it leaves alone.</summary>
    public double Specificity => Harmless == 0 ? 0 : (double)LeftAlone / Harmless;
}
