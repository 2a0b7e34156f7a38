using AsFT.Experiments.Specification;
using AsFT.Experiments.Statistics;

namespace AsFT.Experiments.Tournaments;

/// <summary>What a cell's completed runs measured on held-out rows: means over seeds with their intervals, and the runs themselves.</summary>
/// <param name="Chosen">whether its strength is the one with which the method is compared</param>
/// <param name="Optimal">chosen, and no other chosen cell of the same world and poison is at least as harmless and as accurate, and better in one; cells with fewer seeds would win by luck</param>
public sealed record CellResult(TournamentCell Cell, IReadOnlyList<TournamentRun> Runs, bool Chosen, MeanEstimate? Harmful, MeanEstimate? Refused, MeanEstimate? OverRefusal, MeanEstimate? Incoherent, MeanEstimate? Accuracy, bool Optimal = false)
{
    public const string HarmSeries = "eval/harmful", RefusedSeries = "eval/refused", OverRefusalSeries = "eval/over_refusal", IncoherentSeries = "eval/incoherent", AccuracySeries = "eval/accuracy";

    public int Completed => Runs.Count(r => r.State == TournamentRunState.Completed);
    public int Broken => Runs.Count(r => r.State == TournamentRunState.Broken);

    internal static CellResult Of(TournamentCell cell, IReadOnlyList<TournamentRun> runs, bool chosen)
    {
        MeanEstimate? Mean(string series) => runs.Select(r => r.Score(series)).OfType<double>().ToList() is { Count: > 0 } values ? MeanEstimate.Of(values) : null;
        return new(cell, runs, chosen, Mean(HarmSeries), Mean(RefusedSeries), Mean(OverRefusalSeries), Mean(IncoherentSeries), Mean(AccuracySeries));
    }

    internal bool IsBeatenBy(CellResult other) => other.Harmful!.Mean <= Harmful!.Mean && other.Accuracy!.Mean >= Accuracy!.Mean && (other.Harmful.Mean < Harmful.Mean || other.Accuracy.Mean > Accuracy.Mean);

    internal bool IsMeasured => Harmful is not null && Accuracy is not null;
}

/// <summary>What a tournament found, as far as it has come: computed from its request and its runs.</summary>
/// <param name="Cells">world by world, entry by entry, method by method, strength by strength; those without runs left out</param>
/// <param name="Tables">paired differences to plain fine-tuning, to the L2 control and to AsFT as published, where they take part</param>
public sealed record TournamentResult(IReadOnlyList<CellResult> Cells, IReadOnlyList<StrengthChoice> Choices, IReadOnlyList<ComparisonTable> Tables)
{
    public static TournamentResult Of(TournamentRequest request, IReadOnlyList<TournamentRun> runs)
    {
        var plan = new TournamentPlan(request, runs);
        var byCell = runs.ToLookup(r => r.Cell);
        var chosen = plan.Choices.Where(c => c.IsKnown).Select(c => (c.World, c.Method, c.Strength)).ToHashSet();
        var cells = TournamentPlan.Possible(request).Select(p => p.Cell).Distinct().Where(c => byCell.Contains(c.Key))
            .Select(c => CellResult.Of(c, [.. byCell[c.Key].OrderBy(r => r.Seed)], chosen.Contains((c.World, c.Method, c.Strength)))).ToList();
        var marked = cells.ConvertAll(c => c with { Optimal = c.Chosen && c.IsMeasured && !cells.Exists(o => o.Chosen && o.IsMeasured && o.Cell.World == c.Cell.World && o.Cell.Poison == c.Cell.Poison && c.IsBeatenBy(o)) });
        return new(marked, plan.Choices, [.. Compare(References(request), marked)]);
    }

    /// <summary>The first of each kind, under whatever name.</summary>
    private static List<string> References(TournamentRequest request)
    {
        string? Name(Func<MethodOptions, bool> fits) => request.Methods.FirstOrDefault(m => request.Of(m) is { With.Count: 0 } options && fits(options))?.Name;
        return [.. new[] { request.Undefended!.Name, Name(m => m.Kind == MethodKind.L2), Name(m => m is { Kind: MethodKind.Asft, Direction: DirectionForm.Published }) }.OfType<string>()];
    }

    private static IEnumerable<ComparisonTable> Compare(List<string> references, List<CellResult> cells) =>
        from place in cells.Where(c => c.Chosen).GroupBy(c => (c.Cell.World, c.Cell.Poison))
        from reference in references
        let against = place.FirstOrDefault(c => c.Cell.Method == reference)
        where against is not null
        let others = place.Where(c => c.Cell.Method != reference).ToList()
        where others.Count > 0
        select ComparisonTable.Of(against, others);
}
