using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Contrastive;

/// <summary>
/// What the five losses share in CL-MTC's code: for N items xᵢ, positives P and weights W,
/// S = −(τ/0.07) · meanᵢ rᵢ, rᵢ = (Σⱼ≠ᵢ Pᵢⱼ qᵢⱼ + ε) / (Σⱼ≠ᵢ Pᵢⱼ + ε), qᵢⱼ = lᵢⱼ − log Dᵢ, Dᵢ = Σₖ wᵢₖ([i≠k] exp lᵢₖ + ε),
/// lᵢⱼ = xᵢ·xⱼ/τ − maxₖ xᵢ·xₖ/τ (the maximum over all k, held constant), ε = 1e-20.
/// The vectors are not normalised, and a row without a positive is the constant 1.
/// </summary>
internal static class PublishedCore
{
    public const double BaseTemperature = 0.07, Epsilon = 1e-20;

    /// <param name="items">(…, N, D)</param>
    /// <param name="pull">what qᵢⱼ counts in S/τ, (…, N, N)</param>
    /// <param name="constant">what ε adds to it</param>
    /// <param name="temperature">τ</param>
    /// <param name="weights">W, (N, N); 1 where none are given</param>
    public static Tensor Loss(Tensor items, Tensor pull, Tensor constant, double temperature, Tensor? weights = null)
    {
        Tensor value, gradient;
        using (no_grad())
        {
            var s = matmul(items, items.mT) / temperature; // (…, N, N)
            var l = s - s.amax([-1], keepdim: true);
            var e = WithoutSelf(l.exp());
            var d = (weights is null ? e + Epsilon : weights * (e + Epsilon)).sum(-1, keepdim: true); // (…, N, 1)
            value = ((pull * (l - d.log())).sum() + constant) * temperature;
            var byL = addcmul(pull, weights is null ? e : weights * e, pull.sum(-1, keepdim: true) / d, value: -1); // of S/τ
            gradient = matmul(byL + byL.mT, items);
        }
        return ClosedForm.Of(value, items, gradient);
    }

    /// <summary>Pull and constant of S/τ = −meanᵢ rᵢ/0.07.</summary>
    /// <param name="positives">P, (…, N, N)</param>
    public static (Tensor Pull, Tensor Constant) MeanOverRows(Tensor positives)
    {
        var p = WithoutSelf(positives);
        var c = p.sum(-1, keepdim: true) + Epsilon;
        return (p / (c * (-BaseTemperature * c.numel())), (-Epsilon / BaseTemperature / c).mean());
    }

    /// <summary>[i ≠ j] mᵢⱼ, in place.</summary>
    public static Tensor WithoutSelf(Tensor m)
    {
        m.diagonal(0, -2, -1).zero_();
        return m;
    }
}
