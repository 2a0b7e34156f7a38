using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Contrastive;

/// <summary>Intra-label contrastive loss: within a text, the vectors of its labels attract each other.</summary>
public static class Icl
{
    /// <summary>
    /// (1/L) · mean over texts with two labels or more of the mean over their labels, Pₐ꜀ = yᵢₐ yᵢ꜀. Deviations from the published
    /// code: two labels that the text lacks are no positives; texts without a pair are skipped.
    /// </summary>
    public static Tensor Sound(ContrastiveInput batch, double temperature)
    {
        var y = batch.Targets;
        var counts = y.sum(1, keepdim: true); // (B, 1)
        var pairs = (counts * (counts - 1)).clamp_min(1); // in both orders: the mean over anchors of the mean over their positives
        var texts = (counts > 1).sum().clamp_min(1);
        var pull = PublishedCore.WithoutSelf((y / (pairs * texts * PublishedCore.BaseTemperature)).unsqueeze(2) * y.unsqueeze(1)); // (B, L, L)
        return SoundCore.Loss(batch.LabelTokens, pull, temperature) / y.shape[1];
    }

    /// <summary>As CL-MTC's code, (1/B) Σᵢ (1/L) Sᵢ with Pₐ꜀ = [yᵢₐ = yᵢ꜀]: two labels that the text lacks are positives.</summary>
    public static Tensor Published(ContrastiveInput batch, double temperature)
    {
        var y = batch.Targets;
        var positives = (y.unsqueeze(2) == y.unsqueeze(1)).to(y.dtype); // (B, L, L)
        var (pull, constant) = PublishedCore.MeanOverRows(positives);
        return PublishedCore.Loss(batch.LabelTokens, pull, constant, temperature) / y.shape[1];
    }
}
