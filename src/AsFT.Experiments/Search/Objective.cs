using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Search;

/// <summary>The series by which points can be compared: those that a run measures while it trains, none of them on test rows.</summary>
public static class Objective
{
    private static readonly string[] LowIsGood = ["eval/harmful", "eval/over_refusal", "eval/incoherent", "validation/harmful", "validation/incoherent"];

    /// <summary>What runs of a specification measure, the usual one first: by validation prompts where there are some, so that those that are reported chose nothing.</summary>
    public static IReadOnlyList<string> Of(RunSpecification s)
    {
        if (s.Task == RunTask.Classification) return ["eval/f1_macro", "eval/f1_micro", "eval/jaccard", "eval/jaccard_semeval"];
        var measured = new List<string>();
        if (!string.IsNullOrEmpty(s.Evaluation.ValidationPrompts)) measured.AddRange(["validation/harmful", "validation/refused", "validation/incoherent"]);
        if (!string.IsNullOrEmpty(s.Evaluation.HarmfulPrompts)) measured.AddRange(["eval/harmful", "eval/refused", "eval/incoherent"]);
        if (!string.IsNullOrEmpty(s.Evaluation.ValidationTask)) measured.AddRange(s.Evaluation.Metric == TaskMetric.Labels ? ["validation/f1_macro", "validation/f1_micro", "validation/jaccard"] : ["validation/accuracy"]);
        if (!string.IsNullOrEmpty(s.Evaluation.Task)) measured.AddRange(s.Evaluation.Metric == TaskMetric.Labels ? ["eval/f1_macro", "eval/f1_micro", "eval/jaccard"] : ["eval/accuracy"]);
        if (!string.IsNullOrEmpty(s.Evaluation.HarmlessPrompts)) measured.Add("eval/over_refusal");
        return measured;
    }

    public static Direction Usual(string series) => LowIsGood.Contains(series) ? Direction.Lowest : Direction.Highest;

    /// <summary>By which a classifier's kept weights are chosen.</summary>
    public const string Keeps = "eval/f1_macro";

    /// <summary>A run's score: of a classifier where its kept weights were measured, which are the first of the highest macro F1; else the last.</summary>
    /// <param name="objective">step by step</param>
    /// <param name="keeps">the series <see cref="Keeps"/>; empty where no classifier is trained</param>
    public static double? Score(IReadOnlyList<(int Step, double Value)> objective, IEnumerable<(int Step, double Value)> keeps)
    {
        var kept = keeps.Select(k => ((int Step, double Value)?)k).MaxBy(k => k!.Value.Value)?.Step;
        return objective.Where(o => o.Step == kept).Concat(objective.Reverse()).Select(o => (double?)o.Value).FirstOrDefault();
    }

    /// <summary>Why a series cannot be the objective; null if it can.</summary>
    internal static string? Problem(string? series, RunSpecification s)
    {
        var measured = Of(s);
        if (series is not null && series.StartsWith("test/", StringComparison.Ordinal))
            return $"is {series}; a search never chooses by test rows, for then their score says nothing of new texts any more. Take {string.Join(" or ", measured.DefaultIfEmpty("a series that is measured on dev"))}";
        if (measured.Count == 0) return "cannot be measured: the specification evaluates nothing. Name evaluation.harmful_prompts or evaluation.task";
        var label = s.Task == RunTask.Classification && series?.StartsWith("f1/", StringComparison.Ordinal) == true; // f1/joy: one label on dev
        return series is null || label || measured.Contains(series) ? null : $"is {series}, which these runs do not measure; take {string.Join(", ", measured)}{(s.Task == RunTask.Classification ? " or f1/ and a label" : "")}";
    }
}
