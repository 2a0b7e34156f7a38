using static TorchSharp.torch;

namespace AsFT.Training.Classification;

/// <summary>How much more a label's presence counts than its absence.</summary>
public static class LabelBalance
{
    private const double Most = 20;

    /// <summary>w_l = min(20, absent rows / present rows), so that both weigh alike in all; 1 for a label that never or always holds. (L)</summary>
    public static Tensor Weights(IReadOnlyList<ClassifierRow> rows) => tensor(Enumerable.Range(0, rows[0].Labels.Length).Select(l =>
    {
        var present = rows.Count(r => r.Labels[l]);
        return present == 0 || present == rows.Count ? 1f : (float)Math.Min(Most, (double)(rows.Count - present) / present);
    }).ToArray());
}
