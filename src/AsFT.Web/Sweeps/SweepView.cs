using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AsFT.Data;
using AsFT.Experiments.Search;
using AsFT.Experiments.Specification;

namespace AsFT.Web.Sweeps;

/// <summary>How much one setting explains of the scores by itself, from 0 to 1; null where there are too few points to say.</summary>
public sealed record Importance(string Setting, double? Share);

/// <summary>A sweep as pages and HTTP interface show it, computed from its runs.</summary>
/// <param name="Best">the point with the best mean over all seeds; of classifiers on dev</param>
/// <param name="RemainingSeconds">by the mean duration of the finished runs; null until there is one</param>
public sealed record SweepView(
    Guid Id, string Name, SweepState State, SearchAlgorithm Algorithm, int Seed, int Budget, int Seeds, string Objective, Direction Direction, bool Pruning, int AtOnce,
    DateTime CreatedAt, DateTime? FinishedAt, JsonNode Specification, JsonNode Search, IReadOnlyList<SweepPoint> Points, SweepPoint? Best, IReadOnlyList<Importance> Importance, double? RemainingSeconds)
{
    [JsonIgnore] public SearchSpace Space => new() { Search = Search.Deserialize<IReadOnlyList<SearchDimension>>(SpecificationText.Json)! };
    [JsonIgnore] public IEnumerable<PointRun> Runs => Points.SelectMany(p => p.Runs);

    public int RunsOver => Runs.Count(r => r.IsOver);
    public int RunsWanted => Points.Where(p => p.State != PointState.Open).Sum(p => p.Runs.Count) + (Budget - PointsSettled) * Seeds;
    public int PointsSettled => Points.Count(p => p.State != PointState.Open);

    /// <summary>Also after the end: a run of it was deleted.</summary>
    public bool CanGoOn => Runs.All(r => r.IsOver) && (State == SweepState.Stopped || State == SweepState.Completed && PointsSettled < Budget);

    public bool IsStopping => State == SweepState.Stopped && Runs.Any(r => !r.IsOver);

    /// <summary>What the searchers read: the larger the better; points that are not settled yet count as bad, which keeps those tried at the same time apart.</summary>
    [JsonIgnore] public IReadOnlyList<Trial> Trials => [.. Points.Select(p => new Trial(p.Settings, Sign * (p.State == PointState.Pruned ? p.SoFar : p.Score) ?? double.NaN, p.State == PointState.Pruned))];

    [JsonIgnore] public int Sign => Direction == Direction.Highest ? 1 : -1;

    /// <param name="side">how many runs of it train at the same time</param>
    public static SweepView Of(Sweep s, IReadOnlyList<SweepPoint> points, int side)
    {
        var view = new SweepView(s.Id, s.Name, s.State, s.Algorithm, s.Seed, s.Points, s.Seeds, s.Objective, s.Direction, s.Pruning, s.AtOnce, s.CreatedAt, s.FinishedAt,
            JsonNode.Parse(s.Specification)!, JsonNode.Parse(s.Space)!["search"]!, points, null, [], null);
        return view with
        {
            Best = points.Where(p => p.Score is not null).MaxBy(p => view.Sign * p.Score),
            Importance = [.. SettingImportance.Of(view.Space, view.Trials).Select(i => new Importance(i.Setting, double.IsFinite(i.Share) ? i.Share : null))],
            RemainingSeconds = view.Remaining(side),
        };
    }

    private double? Remaining(int side)
    {
        if (State != SweepState.Running) return null;
        var mean = Runs.Where(r => r.State == RunState.Completed).Select(r => (r.FinishedAt - r.StartedAt)?.TotalSeconds).Average();
        var begun = Runs.Where(r => !r.IsOver && r.StartedAt is not null).Sum(r => Math.Min(mean ?? 0, (DateTime.UtcNow - r.StartedAt!.Value).TotalSeconds));
        return (mean * (RunsWanted - RunsOver) - begun) / side;
    }
}
