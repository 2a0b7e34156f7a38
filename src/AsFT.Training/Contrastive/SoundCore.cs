using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Contrastive;

/// <summary>
/// What the five losses share in their sound form, the supervised contrastive loss (Khosla et al. 2020, eq. 2) with weighted
/// positives: (τ/0.07) · mean over anchors i of −Σⱼ≠ᵢ Pᵢⱼ log pᵢⱼ / Σⱼ≠ᵢ Pᵢⱼ, pᵢⱼ = exp(uᵢ·uⱼ/τ) / Σₖ≠ᵢ exp(uᵢ·uₖ/τ), u = x/‖x‖.
/// Anchors are the items with a positive; where there is none the loss is 0, with gradients 0.
/// </summary>
internal static class SoundCore
{
    /// <summary>A vector shorter than this has no direction and is left as it is.</summary>
    private const double Shortest = 1e-12;

    /// <param name="items">(…, N, D)</param>
    /// <param name="pull">Pᵢⱼ over its row's sum and the number of anchors, (…, N, N); its diagonal is 0</param>
    public static Tensor Loss(Tensor items, Tensor pull, double temperature)
    {
        var u = Directions(items);
        var s = matmul(u, u.mT) / temperature; // (…, N, N)
        var self = eye(items.shape[^2], dtype: s.dtype, device: s.device) * -1e9; // −∞ would make a single item NaN
        return -(temperature / PublishedCore.BaseTemperature) * (pull * (s + self).log_softmax(-1)).sum();
    }

    /// <summary>Each row of positive weights over its sum and the number of rows that have any; self excluded.</summary>
    public static Tensor MeanOverAnchors(Tensor positives)
    {
        var p = positives * PublishedCore.Others(positives);
        var sums = p.sum(-1, keepdim: true);
        var anchors = (sums > 0).sum().clamp_min(1);
        return p / (sums.masked_fill(sums == 0, 1) * anchors);
    }

    /// <summary>x/‖x‖, finite with its gradient for every finite x: the largest entry is divided out first, so that no square overflows.</summary>
    private static Tensor Directions(Tensor x)
    {
        var size = x.detach().abs().amax([-1], keepdim: true);
        var scaled = x / size.masked_fill(size < Shortest, 1);
        return scaled / scaled.norm(-1, keepdim: true, p: 2).clamp_min(1); // 1 or more wherever size was divided out
    }
}
