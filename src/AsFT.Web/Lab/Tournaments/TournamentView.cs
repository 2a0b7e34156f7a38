using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AsFT.Data;
using AsFT.Experiments.Tournaments;

namespace AsFT.Web.Lab.Tournaments;

/// <summary>A tournament as pages and HTTP interface show it, computed from its runs.</summary>
/// <param name="Runs">those that have been queued; one that waits or trains, and one that can be gone on with, is open</param>
/// <param name="OnTheirWay">how many of them wait or train</param>
/// <param name="IsStopping">whether some are saving what they have</param>
/// <param name="RemainingSeconds">by the median duration of the completed runs; null until there is one</param>
public sealed record TournamentView(
    Guid Id, string Name, TournamentState State, DateTime CreatedAt, DateTime? FinishedAt, [property: JsonIgnore] TournamentRequest Request, IReadOnlyList<TournamentRun> Runs, int OnTheirWay, bool IsStopping, int Over, int Total, double? RemainingSeconds)
{
    /// <summary>The request under the names by which one posts it.</summary>
    [JsonPropertyName("request")] public JsonNode RequestText => JsonNode.Parse(Request.ToJson())!;

    /// <summary>Also where it had an end and a run was deleted since.</summary>
    public bool CanGoOn => !IsStopping && (State == TournamentState.Stopped || (State == TournamentState.Completed && Over < Total));

    /// <param name="side">how many runs of it train at the same time</param>
    internal static TournamentView Of(Tournament t, TournamentRequest request, IReadOnlyList<TournamentRun> runs, int onTheirWay, bool stopping, int side)
    {
        var plan = new TournamentPlan(request, runs);
        var remaining = t.State == TournamentState.Running ? Middle(runs) * (plan.Total - plan.Over) / side : null;
        return new(t.Id, t.Name, t.State, t.CreatedAt, t.FinishedAt, request, runs, onTheirWay, stopping, plan.Over, plan.Total, remaining);
    }

    private static double? Middle(IReadOnlyList<TournamentRun> runs) => runs.Select(r => r.Seconds).OfType<double>().Order().ToList() is { Count: > 0 } seconds ? seconds[seconds.Count / 2] : null;
}

/// <summary>A tournament in a list.</summary>
/// <param name="Over">runs that are over, of those that have been queued</param>
public sealed record TournamentSummary(Guid Id, string Name, TournamentState State, DateTime CreatedAt, IReadOnlyList<string> Methods, int Seeds, int Over, int Queued);
