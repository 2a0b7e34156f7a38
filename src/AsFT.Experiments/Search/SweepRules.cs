using AsFT.Experiments.Classification;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Search;

/// <summary>What a search over settings may be.</summary>
public static class SweepRules
{
    public const int LongestName = 120;
    private const int MostRuns = 10_000;

    /// <summary>Settings that would change the yardstick or what a point is, not the point.</summary>
    private static readonly string[] Fixed = ["name", "task", "scoring.dev", "scoring.dev_share", "scoring.test", "scoring.embeddings", "training.seed", "training.device", "training.checkpoint_every", "training.snapshots"];
    private static readonly string[] FixedGroups = ["evaluation.", "judge.", "second_judge."];

    public static bool IsFixed(string setting) => Fixed.Contains(setting) || FixedGroups.Any(g => setting.StartsWith(g, StringComparison.Ordinal));

    /// <summary>Faults of search and options. Those of the specification alone are left to its own rules.</summary>
    public static IReadOnlyList<Fault> Check(SweepRequest r)
    {
        var faults = Ranges.Check(r.Options, "").ToList();
        if (r.Options.Name.Length > LongestName) faults.Add(new("name", $"has {r.Options.Name.Length} characters; take at most {LongestName}"));
        if (r.Specification.Task == RunTask.Basin) faults.Add(new("specification.task", "is basin, whose points are no settings to choose from; take fine_tuning or classification"));
        if (Objective.Problem(r.Options.Objective, r.Specification) is { } problem) faults.Add(new("objective", problem));
        for (var i = 0; i < r.Space.Search.Count; i++)
            if (r.Space.Search[i].Setting is var setting && setting == "data.train" && r.Specification.Task == RunTask.Classification && string.IsNullOrEmpty(r.Specification.Scoring.Dev))
                faults.Add(new($"search.{i}", "data.train: without scoring.dev each point would be scored on a part of its own training rows, and the easiest rows would win; name a dataset as scoring.dev"));
            else if (IsFixed(setting))
                faults.Add(new($"search.{i}", setting == "training.seed" ? "training.seed: every point runs with the same seeds, so it is not searched; say under seeds how many" : $"{setting}: must be the same at every point, or the scores could not be compared"));
        var form = SearchRules.Check(r.Space);
        faults.AddRange(form);
        if (form.Count == 0 && r.Options.Algorithm == SearchAlgorithm.Grid && GridSearch.Count(r.Space) is var all && all > r.Options.Points)
            faults.Add(new("points", $"are {r.Options.Points}, and the grid has {all}: the last ones would never be tried. Raise it to {all}, or take fewer values of a setting"));
        if (form.Count == 0 && faults.Count == 0) faults.AddRange(Values(r));
        if (faults.Count == 0 && r.Runs > MostRuns) faults.Add(new("points", $"make {r.Runs} runs with {r.Options.Seeds} seeds each; a search has at most {MostRuns}"));
        return faults;
    }

    /// <summary>What the training rows alone can tell: that the label of an objective f1/LABEL is none of theirs; null where it is.</summary>
    /// <param name="training">asked where the objective names a label</param>
    public static Fault? CheckLabel(string? objective, Func<IEnumerable<DatasetSummary>> training)
    {
        if (objective is not ['f', '1', '/', .. var label]) return null;
        var labels = LabelRules.Labels(training());
        return labels.Contains(label) ? null : new("objective", $"is {objective}, and no training rows have the label '{label}'; they have {string.Join(", ", labels.Take(12))}");
    }

    /// <summary>What the values do to the specification, told at the row of their setting.</summary>
    private static IEnumerable<Fault> Values(SweepRequest r)
    {
        var before = SpecificationRules.Check(r.Specification);
        foreach (var (dimension, i) in r.Space.Search.Select((d, i) => (d, i)))
            foreach (var fault in SearchRules.Check(new() { Search = [dimension] }, r.Specification).Except(before)) yield return new($"search.{i}", fault.ToString());
    }
}
