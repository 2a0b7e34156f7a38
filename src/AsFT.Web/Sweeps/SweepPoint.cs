using System.Text.Json.Nodes;
using AsFT.Data;

namespace AsFT.Web.Sweeps;

/// <summary>A point with one failed, pruned or stopped run is settled: it has no score, and its other seeds are not tried.</summary>
public enum PointState { Open, Completed, Pruned, Stopped, Failed }

/// <summary>One run of a point.</summary>
/// <param name="Score">the objective: of a classifier with the weights that are kept, else at the end; null where it was not measured</param>
public sealed record PointRun(Guid Id, int Seed, RunState State, string? Cause, double? Score, int Step, int Steps, DateTime? StartedAt, DateTime? FinishedAt)
{
    /// <summary>How the cause of a run begins that was stopped because it was hopeless.</summary>
    public const string PrunedMark = "pruned: ";

    public bool IsOver => Run.IsOver(State);
    public bool IsPruned => State == RunState.Stopped && Cause?.StartsWith(PrunedMark, StringComparison.Ordinal) == true;
}

/// <summary>One choice of all searched settings, with the runs that tried it.</summary>
public sealed record SweepPoint(int Number, IReadOnlyDictionary<string, JsonValue> Settings, IReadOnlyList<PointRun> Runs, PointState State)
{
    public static SweepPoint Of(int number, IReadOnlyDictionary<string, JsonValue> settings, IReadOnlyList<PointRun> runs, int seeds) => new(number, settings, runs,
        runs.Any(r => r.State is RunState.Failed or RunState.Diverged or RunState.Crashed) ? PointState.Failed
        : runs.Any(r => r.IsPruned) ? PointState.Pruned
        : runs.Any(r => r.State == RunState.Stopped) ? PointState.Stopped
        : runs.Count == seeds && runs.All(r => r.State == RunState.Completed) ? PointState.Completed : PointState.Open);

    /// <summary>Mean over the seeds; null until all of them have one.</summary>
    public double? Score => State == PointState.Completed && Runs.All(r => r.Score is not null) ? SoFar : null;

    /// <summary>Mean of the runs that have a score.</summary>
    public double? SoFar => Runs.Average(r => r.Score);

    /// <summary>When it was settled.</summary>
    public DateTime? SettledAt => State == PointState.Open ? null : Runs.Max(r => r.FinishedAt);
}
