namespace AsFT.Experiments.Search;

/// <summary>
/// How much of the scores' variance one setting explains by itself: trials are put into bins by the setting's value, and the
/// variance of the bins' means is held against that of all scores. η² = Σ n_b (ȳ_b − ȳ)² / Σ (y − ȳ)² (the correlation ratio,
/// Pearson 1905), corrected for what k bins explain by chance: ε² = 1 − (1 − η²)(n − 1)/(n − k) (Kelley 1935), at least 0.
/// What it does not see: settings that matter only together. What it may be misled by: settings that a search moved at the
/// same time; random trials have no such bias.
/// </summary>
public static class SettingImportance
{
    private const int MostBins = 5;

    /// <summary>For each setting a share from 0 to 1, in the order of the space; NaN where there are too few trials to say.</summary>
    public static IReadOnlyList<(string Setting, double Share)> Of(SearchSpace space, IReadOnlyList<Trial> trials) =>
    [
        .. space.Search.Select(d => (d.Setting, Explained(Bins(d, [.. trials.Where(t => !t.Pruned && double.IsFinite(t.Score))
            .Select(t => (d.PlaceOf(t.Point.GetValueOrDefault(d.Setting)), t.Score)).Where(t => t.Item1 is not null).Select(t => (t.Item1!.Value, t.Score))])))),
    ];

    /// <summary>A category is a bin; of a range each bin has about as many trials, and equal values are in one.</summary>
    private static List<List<double>> Bins(SearchDimension dimension, List<(double Place, double Score)> trials)
    {
        var values = trials.GroupBy(t => t.Place, t => t.Score).OrderBy(g => g.Key).Select(g => g.ToList()).ToList();
        var bins = Math.Min(MostBins, (int)Math.Sqrt(trials.Count));
        if (dimension.Kind == DimensionKind.Values || values.Count <= bins) return values;
        var (result, seen) = (new List<List<double>>(), 0);
        foreach (var value in values)
        {
            if (seen >= result.Count * trials.Count / (double)bins) result.Add([]);
            result[^1].AddRange(value);
            seen += value.Count;
        }
        return result;
    }

    private static double Explained(List<List<double>> bins)
    {
        var all = bins.SelectMany(b => b).ToList();
        if (all.Count <= bins.Count + 1) return double.NaN;
        var mean = all.Average();
        var total = all.Sum(y => (y - mean) * (y - mean));
        if (total == 0) return 0;
        var within = bins.Sum(b => b.Average() is var m ? b.Sum(y => (y - m) * (y - m)) : 0);
        return Math.Max(0, 1 - within / total * (all.Count - 1) / (all.Count - bins.Count));
    }
}
