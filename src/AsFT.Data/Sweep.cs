using AsFT.Experiments.Search;

namespace AsFT.Data;

public enum SweepState { Running, Stopped, Completed }

/// <summary>A search over settings. What has been tried and how it went stands in its runs alone.</summary>
public sealed class Sweep
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Name { get; init; }

    /// <summary>The resolved specification that every point starts from, as canonical JSON.</summary>
    public required string Specification { get; init; }

    /// <summary>The settings that are searched, as JSON.</summary>
    public required string Space { get; init; }
    public required SearchAlgorithm Algorithm { get; init; }

    /// <summary>Of the points that are drawn; the runs' seeds count from that of the specification.</summary>
    public required int Seed { get; init; }

    /// <summary>How many points are tried, and with how many seeds each.</summary>
    public required int Points { get; init; }
    public required int Seeds { get; init; }
    public required string Objective { get; init; }
    public required Direction Direction { get; init; }
    public required bool Pruning { get; init; }
    public required int AtOnce { get; init; }
    public SweepState State { get; set; } = SweepState.Running;
    public DateTime CreatedAt { get; init; } = DateTime.UtcNow;
    public DateTime? FinishedAt { get; set; }
}
