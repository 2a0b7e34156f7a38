using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Contrastive;

/// <summary>
/// What the five losses share in their sound form, the supervised contrastive loss (Khosla et al. 2020, eq. 2) with weighted
/// positives: (τ/0.07) · mean over anchors i of −Σⱼ≠ᵢ Pᵢⱼ log pᵢⱼ / Σⱼ≠ᵢ Pᵢⱼ, pᵢⱼ = exp(cᵢⱼ/τ) / Σₖ≠ᵢ exp(cᵢₖ/τ), c the cosines of
/// the vectors. Anchors are the items with a positive; where there is none the loss is 0, with gradients 0.
/// </summary>
internal static class SoundCore
{
    /// <summary>A vector shorter than this has no direction and is left as it is.</summary>
    private const double Shortest = 1e-12;

    /// <param name="items">x, (…, N, D)</param>
    /// <param name="pull">Pᵢⱼ over its row's sum, the number of anchors and 0.07, (…, N, N); its diagonal is 0</param>
    /// <param name="temperature">τ</param>
    public static Tensor Loss(Tensor items, Tensor pull, double temperature)
    {
        Tensor value, gradient;
        using (no_grad())
        {
            var lengths = linalg.vector_norm(items.to(ScalarType.Float64), 2, [-1], keepdim: true).to(items.dtype); // there no square of a float32 overflows
            lengths.masked_fill_(lengths < Shortest, 1);
            var u = items / lengths;
            var cosines = matmul(u, u.mT); // (…, N, N)
            var logits = cosines / temperature;
            Diagonal(logits).fill_(-1e9); // −∞ would make a single item NaN
            var logp = logits.log_softmax(-1);
            value = (pull * logp).sum() * -temperature;
            var fall = addcmul(pull, logp.exp(), pull.sum(-1, keepdim: true), value: -1); // −∂/∂cᵢⱼ
            var both = fall + fall.mT;
            Diagonal(both).sub_((both * cosines).sum(-1)); // a direction does not change along itself
            gradient = matmul(both / -lengths, u);
        }
        return ClosedForm.Of(value, items, gradient);
    }

    /// <summary>Each row of positive weights over its sum, the number of rows that have any and 0.07; self excluded.</summary>
    public static Tensor MeanOverAnchors(Tensor positives)
    {
        var p = PublishedCore.WithoutSelf(positives);
        var sums = p.sum(-1, keepdim: true) * PublishedCore.BaseTemperature;
        var anchors = (sums > 0).sum().clamp_min(1);
        return p / (sums.masked_fill(sums == 0, 1) * anchors);
    }

    private static Tensor Diagonal(Tensor matrices) => matrices.diagonal(0, -2, -1);
}
