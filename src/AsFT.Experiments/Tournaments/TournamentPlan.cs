using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Tournaments;

/// <summary>
/// What a tournament runs, from its request and the runs so far alone: whoever asks, and however often, the same runs give the same answer.
/// First every strength with the seeds of the selection, in the first poison entry; then, with the strength that was chosen there, all seeds
/// in every entry. A seed is run in all cells before the next, so that a tournament that is stopped early has pairs.
/// </summary>
public sealed class TournamentPlan
{
    private readonly TournamentRequest request;
    private readonly string undefended;
    private readonly Dictionary<(string Cell, int Seed), TournamentRun> runs;

    public TournamentPlan(TournamentRequest request, IEnumerable<TournamentRun> runs)
    {
        this.request = request;
        undefended = request.Undefended!.Name;
        this.runs = runs.ToDictionary(r => (r.Cell, r.Seed));
        Choices = [.. request.Worlds.SelectMany(w => request.Methods.Select(m => Choose(w.Name, m)))];
        Wanted = [.. Selection().Concat(Comparison()).Distinct()];
    }

    /// <summary>World by world, in each method by method.</summary>
    public IReadOnlyList<StrengthChoice> Choices { get; }

    /// <summary>The runs that can be named now, in the order in which they are run, those among them that are over or on their way.</summary>
    public IReadOnlyList<TournamentRunKey> Wanted { get; }

    /// <summary>Those of them that nobody has begun.</summary>
    public IEnumerable<TournamentRunKey> Left => Wanted.Where(w => Find(w) is null);

    public int Over => Wanted.Count(IsOver);

    /// <summary>How many there will be, where strengths are still to be chosen too.</summary>
    public int Total => Wanted.Count + Choices.Count(c => c.Reason == ChoiceReason.Pending) * (request.Poison.Count * request.Seeds - request.SelectionSeeds);

    public bool IsFinished => Wanted.All(IsOver) && Choices.All(c => c.Reason != ChoiceReason.Pending);

    public TournamentRun? Find(TournamentRunKey key) => runs.GetValueOrDefault((key.Cell.Key, key.Seed));

    public bool IsOver(TournamentRunKey key) => Find(key) is { State: not TournamentRunState.Open };

    public StrengthChoice ChoiceOf(string world, string method) => Choices.First(c => c.World == world && c.Method == method);

    /// <summary>Every run that a request could ask for, whatever is chosen.</summary>
    public static IEnumerable<TournamentRunKey> Possible(TournamentRequest request) =>
        from world in request.Worlds
        from poison in request.Poison
        from method in request.Methods
        from strength in Strengths(method)
        from seed in request.AllSeeds
        select new TournamentRunKey(new(world.Name, poison.Name, method.Name, strength), seed);

    /// <summary>What a run computes; where the settings do not go together, as it stands, and why it cannot run.</summary>
    public static RunSpecification SpecificationOf(TournamentRequest request, TournamentRunKey run, List<Fault> faults)
    {
        var (world, poison) = (request.Worlds.First(w => w.Name == run.Cell.World), request.Poison.First(p => p.Name == run.Cell.Poison));
        var method = request.Methods.First(m => m.Name == run.Cell.Method);
        var settings = world.Settings.Concat(poison.Settings).Concat(method.Settings);
        if (run.Cell.Strength is not null) settings = settings.Append(new(method.Strength!.Setting, method.Strength.Values.First(v => TournamentCell.Text(v) == run.Cell.Strength)));
        var specification = SettingPaths.Apply(request.Specification, settings, faults);
        return specification with { Name = run.Cell.NameOf(request.Name, run.Seed), Training = specification.Training with { Seed = run.Seed } };
    }

    private string First => request.Poison[0].Name;

    private IEnumerable<int> SelectionSeeds => request.AllSeeds.Take(request.SelectionSeeds);

    private IEnumerable<TournamentRunKey> Selection() =>
        from seed in SelectionSeeds
        from world in request.Worlds
        from method in request.Methods
        from strength in Strengths(method)
        select new TournamentRunKey(new(world.Name, First, method.Name, strength), seed);

    private IEnumerable<TournamentRunKey> Comparison() =>
        from seed in request.AllSeeds
        from poison in request.Poison
        from choice in Choices
        where choice.IsKnown
        select new TournamentRunKey(new(choice.World, poison.Name, choice.Method, choice.Strength), seed);

    private static IEnumerable<string?> Strengths(TournamentMethod method) => method.Strength is { } grid ? grid.Values.Select(string? (v) => TournamentCell.Text(v)) : [null];

    private StrengthChoice Choose(string world, TournamentMethod method)
    {
        if (method.Strength is not { } grid) return new(world, method.Name, null, ChoiceReason.NothingToChoose, null, []);
        var scores = grid.Values.Select(v => Score(new(world, First, method.Name, TournamentCell.Text(v)))).ToList();
        var plain = new TournamentCell(world, First, undefended, null);
        var pending = scores.Select(s => new TournamentCell(world, First, method.Name, s.Strength)).Append(plain).Any(cell => SelectionSeeds.Any(seed => !IsOver(new(cell, seed))));
        var floor = Score(plain).Accuracy - request.UtilityLoss;
        return pending ? new(world, method.Name, null, ChoiceReason.Pending, floor, scores) : StrengthChoice.Of(world, method.Name, floor, scores);
    }

    /// <summary>The seeds that were completed; of what was not measured there is no mean.</summary>
    private StrengthScore Score(TournamentCell cell)
    {
        var completed = SelectionSeeds.Select(seed => Find(new(cell, seed))).Where(r => r is { State: TournamentRunState.Completed }).ToList();
        double? Mean(string series) => completed.Count > 0 && completed.All(r => r!.Score(series) is not null) ? completed.Average(r => r!.Score(series)) : null;
        return new(cell.Strength ?? "", completed.Count, Mean(StrengthChoice.HarmSeries), Mean(StrengthChoice.IncoherentSeries), Mean(StrengthChoice.AccuracySeries));
    }
}
