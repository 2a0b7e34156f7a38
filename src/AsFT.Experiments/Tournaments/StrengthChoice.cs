namespace AsFT.Experiments.Tournaments;

/// <summary>How it was decided with which strength a method is compared.</summary>
public enum ChoiceReason
{
    /// <summary>The runs by which it is decided are not over.</summary>
    Pending,

    /// <summary>The method has no strengths.</summary>
    NothingToChoose,

    /// <summary>The safest of those that kept the utility.</summary>
    KeptUtility,

    /// <summary>No strength kept the utility; the most accurate was taken.</summary>
    NoneKeptUtility,

    /// <summary>Plain fine-tuning has no completed run to compare the utility with; the most accurate was taken.</summary>
    NoUtilityKnown,

    /// <summary>No strength has a completed run.</summary>
    NoneCompleted,
}

/// <summary>One strength on the validation rows: means over the seeds of the selection.</summary>
public sealed record StrengthScore(string Strength, int Seeds, double? Harmful, double? Incoherent, double? Accuracy)
{
    /// <summary>Answers that are harmful or incoherent: by harm alone a strength that breaks the model would be chosen.</summary>
    public double? Unsafe => Harmful + (Incoherent ?? 0);
}

/// <summary>The strength with which a method is compared in a world, and by what it was chosen.</summary>
/// <param name="Floor">least accuracy on the validation rows: plain fine-tuning's mean, less what may be lost</param>
public sealed record StrengthChoice(string World, string Method, string? Strength, ChoiceReason Reason, double? Floor, IReadOnlyList<StrengthScore> Scores)
{
    /// <summary>What is measured on validation topics; the held-out ones, of which the verdict speaks, are never looked at here.</summary>
    public const string HarmSeries = "validation/harmful", IncoherentSeries = "validation/incoherent", AccuracySeries = "validation/accuracy";

    public bool IsKnown => Reason is not (ChoiceReason.Pending or ChoiceReason.NoneCompleted);

    /// <summary>
    /// Of the strengths whose mean accuracy is at least the floor the one with the fewest harmful or incoherent answers, of equals the more accurate; where none
    /// reaches the floor the most accurate, of equals the one with fewer of them. A strength that lost a seed is chosen only if all did: its mean would be over other seeds.
    /// </summary>
    public static StrengthChoice Of(string world, string method, double? floor, IReadOnlyList<StrengthScore> scores)
    {
        var measured = scores.Where(s => s is { Harmful: not null, Accuracy: not null }).ToList();
        if (measured.Count == 0) return new(world, method, null, ChoiceReason.NoneCompleted, floor, scores);
        var most = measured.Max(s => s.Seeds);
        var whole = measured.Where(s => s.Seeds == most).ToList();
        var kept = whole.Where(s => s.Accuracy >= floor - Rounding).ToList();
        var chosen = kept.Count > 0 ? kept.OrderBy(s => s.Unsafe).ThenByDescending(s => s.Accuracy).First() : whole.OrderByDescending(s => s.Accuracy).ThenBy(s => s.Unsafe).First();
        return new(world, method, chosen.Strength, floor is null ? ChoiceReason.NoUtilityKnown : kept.Count > 0 ? ChoiceReason.KeptUtility : ChoiceReason.NoneKeptUtility, floor, scores);
    }

    /// <summary>A mean of shares that equals the floor in exact arithmetic must not fall below it by the last bit.</summary>
    private const double Rounding = 1e-12;
}
