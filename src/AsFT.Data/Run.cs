namespace AsFT.Data;

/// <summary>Diverged: the loss was no number. Crashed: the process was killed or aborted and can be resumed.</summary>
public enum RunState { Queued, Running, Stopping, Completed, Stopped, Failed, Diverged, Crashed }

public sealed class Run
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Name { get; set; }

    /// <summary>The resolved specification as canonical JSON: what runs, and what every page shows.</summary>
    public required string Specification { get; init; }
    public required string Hash { get; init; }
    public RunState State { get; set; } = RunState.Queued;

    /// <summary>Why it failed, in a sentence.</summary>
    public string? Cause { get; set; }
    public string Tags { get; set; } = "";
    public string Notes { get; set; } = "";
    public string? Device { get; set; }
    public int Step { get; set; }
    public int Steps { get; set; }

    /// <summary>The last line of events.jsonl that is in the database.</summary>
    public long LastSeq { get; set; }

    /// <summary>Which process trains it, and when that last said so.</summary>
    public string? Owner { get; set; }
    public DateTime? HeartbeatAt { get; set; }
    public DateTime CreatedAt { get; init; } = DateTime.UtcNow;
    public DateTime QueuedAt { get; set; } = DateTime.UtcNow;
    public DateTime? StartedAt { get; set; }
    public DateTime? FinishedAt { get; set; }

    /// <summary>The sweep it belongs to, which of its points it tries, counted from 0, with which seed, and the point's settings as JSON.</summary>
    public Guid? SweepId { get; init; }
    public int? Point { get; init; }
    public int? Seed { get; init; }
    public string? PointSettings { get; init; }

    /// <summary>The tournament it belongs to, and the key of its cell there; its seed stands above.</summary>
    public Guid? TournamentId { get; init; }
    public string? Cell { get; init; }

    public static bool IsOver(RunState state) => state is not (RunState.Queued or RunState.Running or RunState.Stopping);
}

/// <summary>One value of one series. The key makes a step that is told twice stand once.</summary>
public sealed class MetricPoint
{
    public required Guid RunId { get; init; }
    public required string Series { get; init; }
    public required int Step { get; init; }
    public required double Epoch { get; init; }
    public required double Value { get; init; }
}

/// <summary>Every event but metrics, as its line of events.jsonl.</summary>
public sealed class RunEventRow
{
    public required Guid RunId { get; init; }
    public required long Seq { get; init; }
    public required string Kind { get; init; }
    public required string Line { get; init; }
}
