using System.Text.Json.Nodes;
using AsFT.Data;

namespace AsFT.Web.Runs;

/// <summary>A run as pages, hub and HTTP interface show it.</summary>
/// <param name="Position">1 for the run that starts next; null if it does not wait</param>
public sealed record RunView(
    Guid Id, string Name, RunState State, string? Cause, string Hash, string? Device, int Step, int Steps, int? Position,
    DateTime CreatedAt, DateTime QueuedAt, DateTime? StartedAt, DateTime? FinishedAt, string Tags, string Notes, JsonNode Specification, Guid? SweepId = null, int? Point = null, Guid? TournamentId = null, string? Cell = null)
{
    public static RunView Of(Run r, int? position) => new(
        r.Id, r.Name, r.State, r.Cause, r.Hash, r.Device, r.Step, r.Steps, position, r.CreatedAt, r.QueuedAt, r.StartedAt, r.FinishedAt, r.Tags, r.Notes, JsonNode.Parse(r.Specification)!, r.SweepId, r.Point, r.TournamentId, r.Cell);

    public bool IsOver => Run.IsOver(State);
    public bool CanResume => State is RunState.Stopped or RunState.Crashed or RunState.Failed or RunState.Diverged;
}
