namespace AsFT.Training.Judging;

/// <summary>
/// F1 and Jaccard of multi-label predictions. Per label F1 = 2tp/(2tp+fp+fn), 0 where nothing is predicted or true;
/// macro: mean over labels; micro: of the summed counts; Jaccard: mean over samples of |true ∩ predicted| / |true ∪ predicted|,
/// 0 where both are empty, as scikit-learn has it.
/// </summary>
public sealed record MultiLabelMetrics(double F1Macro, double F1Micro, double Jaccard)
{
    /// <param name="truth">(samples, labels)</param>
    /// <param name="predicted">(samples, labels)</param>
    public static MultiLabelMetrics Of(bool[,] truth, bool[,] predicted)
    {
        int samples = truth.GetLength(0), labels = truth.GetLength(1);
        var (tp, wrong) = (new int[labels], new int[labels]); // wrong = fp + fn
        double jaccard = 0;
        for (var s = 0; s < samples; s++)
        {
            int both = 0, either = 0;
            for (var l = 0; l < labels; l++)
            {
                if (truth[s, l] && predicted[s, l]) { tp[l]++; both++; }
                if (truth[s, l] != predicted[s, l]) wrong[l]++;
                if (truth[s, l] || predicted[s, l]) either++;
            }
            jaccard += either == 0 ? 0 : (double)both / either;
        }
        return new(Enumerable.Range(0, labels).Average(l => F1(tp[l], wrong[l])), F1(tp.Sum(), wrong.Sum()), samples == 0 ? 0 : jaccard / samples);
    }

    private static double F1(int truePositives, int wrong) => 2 * truePositives + wrong == 0 ? 0 : 2.0 * truePositives / (2 * truePositives + wrong);
}
