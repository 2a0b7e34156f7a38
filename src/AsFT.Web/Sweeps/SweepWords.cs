using System.Text.Json.Nodes;
using AsFT.Experiments.Search;
using AsFT.Experiments.Specification;
using AsFT.Web.Runs;
using AsFT.Web.Shared;

namespace AsFT.Web.Sweeps;

/// <summary>What parts of a sweep are called on pages.</summary>
internal static class SweepWords
{
    public static string Objective(SweepView s) => $"{(s.Direction == Direction.Highest ? "highest" : "lowest")} {Series(s)}";

    public static string Series(SweepView s) => s.Objective.StartsWith("f1/", StringComparison.Ordinal) ? $"F1 of {s.Objective[3..]}" : ScoreWords.Of(s.Objective).Name;

    /// <summary>By what the best point was chosen, and so what its score does not show.</summary>
    public static string ChosenBy(SweepView s) => s.Specification["task"]?.ToString() == "classification" ? "chosen on dev"
        : s.Objective.StartsWith("validation/", StringComparison.Ordinal) ? "chosen on the validation prompts and rows"
        : "chosen by the very prompts and rows that it is scored on; with evaluation.validation_prompts and validation_task a search can choose by others";

    public static bool IsHarm(SweepView s) => s.Objective.EndsWith("/harmful", StringComparison.Ordinal) && s.Direction == Direction.Lowest;

    public static string Algorithm(SearchAlgorithm algorithm) => algorithm switch
    {
        SearchAlgorithm.Tpe => "chosen by TPE (tree-structured Parzen estimator: after ten random points, where good ones lie close together)",
        SearchAlgorithm.Grid => "of a grid",
        _ => "drawn at random",
    };

    public static string Value(JsonNode? value) => value is JsonValue v && v.GetValueKind() == System.Text.Json.JsonValueKind.Number && v.TryGetValue<double>(out var number) ? Show.Number(number) : value is null ? "none" : Pinned.Label(value.ToString());

    public static string Range(SearchDimension d, SearchAlgorithm algorithm) => d.Kind == DimensionKind.Values ? string.Join(", ", d.Values.Select(Value))
        : $"{Show.Number(d.Min)} to {Show.Number(d.Max)}, {d.Kind switch { DimensionKind.Log => "by orders of magnitude", DimensionKind.Integer => "whole numbers", _ => "evenly" }}{(algorithm == SearchAlgorithm.Grid ? $", {d.Points} values of it" : "")}";

    /// <summary>The mean, and from where to where its seeds lie.</summary>
    public static string Score(SweepPoint p)
    {
        if (p.SoFar is not { } mean) return "—";
        var scores = p.Runs.Select(r => r.Score).OfType<double>().ToList();
        return scores.Count < 2 ? Show.Number(mean) : $"{Show.Number(mean)} ({Show.Number(scores.Min())} to {Show.Number(scores.Max())})";
    }
}
