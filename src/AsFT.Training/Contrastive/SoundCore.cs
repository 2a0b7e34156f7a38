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
    /// <param name="pull">Pᵢⱼ over its row's sum and the number of anchors, (…, N, N); its diagonal is 0</param>
    /// <param name="temperature">τ</param>
    public static Tensor Loss(Tensor items, Tensor pull, double temperature)
    {
        Tensor value, gradient;
        using (no_grad())
        {
            var largest = items.abs().amax([-1], keepdim: true); // divided out first, so that no square overflows
            largest.masked_fill_(largest < Shortest, 1);
            var x = items / largest;
            var products = matmul(x, x.mT); // (…, N, N)
            var lengths = Diagonal(products).sqrt().clamp_min(1).unsqueeze(-1); // 1 or more of every x that has a direction
            var scales = lengths * lengths.mT;
            var cosines = products / scales;
            var logits = cosines / temperature;
            Diagonal(logits).fill_(-1e9); // −∞ would make a single item NaN
            var logp = logits.log_softmax(-1);
            value = (pull * logp).sum() * (-temperature / PublishedCore.BaseTemperature);
            var byCosine = logp.exp() * pull.sum(-1, keepdim: true) - pull;
            var both = byCosine + byCosine.mT;
            Diagonal(both).sub_((both * cosines).sum(-1)); // a direction does not change along itself
            gradient = matmul(both / (scales * largest * PublishedCore.BaseTemperature), x);
        }
        return ClosedForm.Of(value, items, gradient);
    }

    /// <summary>Each row of positive weights over its sum and the number of rows that have any; self excluded.</summary>
    public static Tensor MeanOverAnchors(Tensor positives)
    {
        var p = PublishedCore.WithoutSelf(positives);
        var sums = p.sum(-1, keepdim: true);
        var anchors = (sums > 0).sum().clamp_min(1);
        return p / (sums.masked_fill(sums == 0, 1) * anchors);
    }

    private static Tensor Diagonal(Tensor matrices) => matrices.diagonal(0, -2, -1);
}
