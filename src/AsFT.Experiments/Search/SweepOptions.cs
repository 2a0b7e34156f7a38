using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AsFT.Experiments.Search;

public enum SearchAlgorithm { Random, Tpe, Grid }

public enum Direction { Highest, Lowest }

/// <summary>How a search goes about: everything but the specification it starts from and the settings it varies.</summary>
public sealed record SweepOptions
{
    [Description("What the search is called. Its runs are named after it.")]
    public string Name { get; init; } = "";

    [Description("random: every point by itself. tpe: after ten random points, where good points lie close together (tree-structured Parzen estimator). grid: every combination.")]
    public SearchAlgorithm Algorithm { get; init; }

    [Range(1, 2000), Description("How many points are tried at most. A point is one choice of all searched settings.")]
    public int Points { get; init; } = 20;

    [Range(1, 50), Description("Runs of each point, with the same seeds at every point: that of the specification and those after it. The score is their mean.")]
    public int Seeds { get; init; } = 1;

    [Description("Seed of the search itself: which points are drawn.")]
    public int Seed { get; init; } = 1;

    [Description("The series by which points are compared; never one on test rows. Empty: eval/f1_macro, or what the specification measures.")]
    public string? Objective { get; init; }

    [Description("Whether the highest or the lowest value of the objective is sought. Empty: what is good for that series.")]
    public Direction? Direction { get; init; }

    [Description("Stop runs that do worse than the median of the others with the same seed after as many evaluations (median rule).")]
    public bool Pruning { get; init; }

    [Range(1, 64), Description("How many runs of the search wait or train at the same time; other runs come in between.")]
    public int AtOnce { get; init; } = 1;
}
