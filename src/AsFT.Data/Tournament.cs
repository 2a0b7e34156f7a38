namespace AsFT.Data;

/// <summary>Deleted: its runs are gone, and the row alone stays, so that an example does not come back.</summary>
public enum TournamentState { Running, Stopped, Completed, Deleted }

/// <summary>Methods compared on the same data with the same seeds. What has been run and how it went stands in its runs alone.</summary>
public sealed class Tournament
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Name { get; init; }

    /// <summary>What is asked for, with every name pinned to what it meant, as JSON.</summary>
    public required string Request { get; init; }
    public TournamentState State { get; set; } = TournamentState.Running;
    public DateTime CreatedAt { get; init; } = DateTime.UtcNow;
    public DateTime? FinishedAt { get; set; }
}
