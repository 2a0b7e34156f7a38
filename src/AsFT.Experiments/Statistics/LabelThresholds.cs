namespace AsFT.Experiments.Statistics;

/// <summary>The threshold of each label that gives its best F1 on rows set aside for choosing it: a label is predicted where its score is above.</summary>
public static class LabelThresholds
{
    private const double Usual = 0.5;

    /// <summary>
    /// Of the thresholds with the best F1 the one nearest 0.5; between two neighbouring scores all are alike, and 0.5 or else their
    /// middle is taken. 0.5 for a label that is never true.
    /// </summary>
    /// <param name="scores">probabilities, (samples, labels)</param>
    /// <param name="truth">(samples, labels)</param>
    /// <returns>(labels)</returns>
    public static double[] Of(double[,] scores, bool[,] truth) =>
        [.. Enumerable.Range(0, truth.GetLength(1)).Select(l => Best([.. Enumerable.Range(0, truth.GetLength(0)).Select(s => (scores[s, l], truth[s, l]))]))];

    /// <inheritdoc cref="Of(double[,], bool[,])"/>
    public static double[] Of(IReadOnlyList<float[]> scores, IReadOnlyList<bool[]> truth) => Of(Rows.Table([.. scores.Select(s => Array.ConvertAll(s, x => (double)x))]), Rows.Table(truth));

    private static double Best(List<(double Score, bool True)> samples)
    {
        var support = samples.Count(s => s.True);
        if (support == 0) return Usual;
        var levels = samples.GroupBy(s => s.Score).OrderByDescending(g => g.Key).Select(g => (Score: g.Key, Said: g.Count(), Right: g.Count(s => s.True))).Append((0, 0, 0)).ToList();
        var (best, said, right) = ((F1: 0.0, Threshold: Usual), 0, 0);
        foreach (var (level, below) in levels.Zip(levels.Skip(1)).Where(p => p.First.Score > p.Second.Score))
        {
            said += level.Said;
            right += level.Right;
            var (f1, threshold) = (2.0 * right / (said + support), Between(below.Score, level.Score));
            if (f1 > best.F1 || f1 == best.F1 && Math.Abs(threshold - Usual) < Math.Abs(best.Threshold - Usual)) best = (f1, threshold);
        }
        return best.Threshold;
    }

    /// <summary>A number from low to below high.</summary>
    private static double Between(double low, double high)
    {
        if (low <= Usual && Usual < high) return Usual;
        var middle = low + (high - low) / 2;
        return middle < high ? middle : low; // neighbouring floating-point numbers have no middle
    }
}
