namespace AsFT.Experiments.Statistics;

/// <summary>How well one label is predicted; a share of nothing is 0. Support: how many samples have the label.</summary>
public sealed record LabelScore(double Precision, double Recall, double F1, int Support);

/// <summary>
/// F1 and Jaccard of multi-label predictions. Per label F1 = 2tp/(2tp+fp+fn), 0 where nothing is predicted or true;
/// macro: mean over labels; micro: of the summed counts; Jaccard: mean over samples of |true ∩ predicted| / |true ∪ predicted|,
/// 0 where both are empty, as scikit-learn has it.
/// </summary>
public sealed record MultiLabelMetrics(double F1Macro, double F1Micro, double Jaccard)
{
    /// <summary>Jaccard as SemEval-2018 counts it: 1 where a sample has no label and none is predicted.</summary>
    public required double JaccardSemEval { get; init; }

    public required IReadOnlyList<LabelScore> Labels { get; init; }

    /// <param name="truth">(samples, labels)</param>
    /// <param name="predicted">(samples, labels)</param>
    public static MultiLabelMetrics Of(bool[,] truth, bool[,] predicted)
    {
        int samples = truth.GetLength(0), labels = truth.GetLength(1);
        var (right, said, support) = (new int[labels], new int[labels], new int[labels]); // tp, tp + fp, tp + fn
        var (jaccard, empty) = (0.0, 0);
        for (var s = 0; s < samples; s++)
        {
            int both = 0, either = 0;
            for (var l = 0; l < labels; l++)
            {
                if (truth[s, l] && predicted[s, l]) { right[l]++; both++; }
                if (predicted[s, l]) said[l]++;
                if (truth[s, l]) support[l]++;
                if (truth[s, l] || predicted[s, l]) either++;
            }
            if (either == 0) empty++;
            else jaccard += (double)both / either;
        }
        var scores = Enumerable.Range(0, labels).Select(l => new LabelScore(Share(right[l], said[l]), Share(right[l], support[l]), Share(2 * right[l], said[l] + support[l]), support[l])).ToList();
        return new(scores.Average(l => l.F1), Share(2 * right.Sum(), said.Sum() + support.Sum()), Share(jaccard, samples)) { JaccardSemEval = Share(jaccard + empty, samples), Labels = scores };
    }

    /// <param name="truth">one row a sample</param>
    /// <param name="predicted">one row a sample</param>
    public static MultiLabelMetrics Of(IReadOnlyList<bool[]> truth, IReadOnlyList<bool[]> predicted) => Of(Rows.Table(truth), Rows.Table(predicted));

    private static double Share(double part, int whole) => whole == 0 ? 0 : part / whole;
}
