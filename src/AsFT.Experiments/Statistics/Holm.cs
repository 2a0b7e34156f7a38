namespace AsFT.Experiments.Statistics;

/// <summary>
/// Holm's correction (1979) for m comparisons at once: of the p-values in rising order the k-th is multiplied by m − k + 1, and none
/// becomes smaller than one before it; at most 1. They come back in the order given.
/// </summary>
public static class Holm
{
    public static double[] Adjust(IReadOnlyList<double> p)
    {
        var adjusted = new double[p.Count];
        var (largest, left) = (0.0, p.Count);
        foreach (var i in Enumerable.Range(0, p.Count).OrderBy(i => p[i])) adjusted[i] = largest = Math.Max(largest, Math.Min(1, p[i] * left--));
        return adjusted;
    }
}
