namespace AsFT.Experiments.Search;

/// <summary>
/// The median rule (Golovin et al. 2017, section 3.2.2, with best scores instead of running means): a trial is hopeless when
/// its best score so far is below the median of the best scores that the others had after as many evaluations.
/// </summary>
public static class MedianPruning
{
    /// <param name="scores">the trial's scores, one an evaluation, the larger the better; NaN where there was none</param>
    /// <param name="others">those of the other trials; one that has fewer evaluations says nothing</param>
    /// <param name="startup">how many others must have come so far before any trial is pruned</param>
    /// <param name="warmup">evaluations after which no trial is pruned yet</param>
    public static bool IsHopeless(IReadOnlyList<double> scores, IReadOnlyList<IReadOnlyList<double>> others, int startup = 5, int warmup = 1)
    {
        var evaluations = scores.Count;
        var best = others.Where(o => o.Count >= evaluations).Select(o => Best(o.Take(evaluations))).Order().ToList();
        if (evaluations <= warmup || best.Count < Math.Max(1, startup)) return false;
        var median = best.Count % 2 == 1 ? best[best.Count / 2] : best[best.Count / 2 - 1] / 2 + best[best.Count / 2] / 2;
        return Best(scores) < median;
    }

    private static double Best(IEnumerable<double> scores) => scores.Where(s => !double.IsNaN(s)).DefaultIfEmpty(double.NegativeInfinity).Max();
}
