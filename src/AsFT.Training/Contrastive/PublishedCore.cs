using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Contrastive;

/// <summary>
/// What the five losses share in CL-MTC's code: for N items xᵢ, positives P and weights W,
/// S = −(τ/0.07) · meanᵢ rᵢ, rᵢ = (Σⱼ≠ᵢ Pᵢⱼ qᵢⱼ + ε) / (Σⱼ≠ᵢ Pᵢⱼ + ε), qᵢⱼ = lᵢⱼ − log Σₖ wᵢₖ([i≠k] exp lᵢₖ + ε),
/// lᵢⱼ = xᵢ·xⱼ/τ − maxₖ xᵢ·xₖ/τ (the maximum over all k, held constant), ε = 1e-20.
/// The vectors are not normalised, and a row without a positive is the constant 1.
/// </summary>
internal static class PublishedCore
{
    public const double BaseTemperature = 0.07, Epsilon = 1e-20;

    /// <summary>q of items (…, N, D), (…, N, N).</summary>
    public static Tensor LogShares(Tensor items, double temperature, Tensor? weights = null)
    {
        var s = matmul(items, items.mT) / temperature; // (…, N, N)
        var l = s - s.detach().amax([-1], keepdim: true);
        var others = l.exp() * Others(items) + Epsilon;
        return l - (weights is null ? others : weights * others).sum(-1, keepdim: true).log();
    }

    /// <summary>r, (…, N).</summary>
    public static Tensor MeansOverPositives(Tensor q, Tensor positives)
    {
        var p = positives * Others(q);
        return ((p * q).sum(-1) + Epsilon) / (p.sum(-1) + Epsilon);
    }

    /// <summary>[i ≠ j], (N, N).</summary>
    public static Tensor Others(Tensor items) => 1 - eye(items.shape[^2], dtype: items.dtype, device: items.device);
}
