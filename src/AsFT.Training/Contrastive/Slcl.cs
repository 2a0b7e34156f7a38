using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Contrastive;

/// <summary>
/// Stepwise label contrastive loss: label by label, texts attract those that have it too. The similarities are the same for every
/// label, so that Σₐ Σᵢⱼ Pᵃᵢⱼ/cᵃᵢ · qᵢⱼ (cᵃᵢ the number of positives of i) needs one matrix Σₐ Pᵃᵢⱼ/cᵃᵢ and no loop.
/// </summary>
public static class Slcl
{
    /// <summary>
    /// (1/B) · mean over labels that two texts or more have of the mean over those texts, Pᵃᵢⱼ = yᵢₐ yⱼₐ. Deviations from the
    /// published code: a label that both texts lack makes no positive; labels without a pair are skipped.
    /// </summary>
    public static Tensor Sound(ContrastiveInput batch, double temperature)
    {
        var y = batch.Targets;
        var counts = y.sum(dim: 0); // (L); a bare 0 would be taken for ScalarType.Byte
        var pairs = (counts * (counts - 1)).clamp_min(1); // in both orders: the mean over anchors of the mean over their positives
        var labels = (counts > 1).sum().clamp_min(1);
        var pull = PublishedCore.WithoutSelf(mm(y / (pairs * labels * (y.shape[0] * PublishedCore.BaseTemperature)), y.t()));
        return SoundCore.Loss(batch.Sentences, pull, temperature);
    }

    /// <summary>As CL-MTC's code, (1/L) Σₐ (1/B) Sₐ with Pᵃᵢⱼ = [yᵢₐ = yⱼₐ]: a label that both texts lack makes them positives.</summary>
    public static Tensor Published(ContrastiveInput batch, double temperature)
    {
        var y = batch.Targets;
        var states = cat([y, 1 - y], 1); // has label a; lacks it: (B, 2L)
        var c = (states.sum(dim: 0) - 1 + PublishedCore.Epsilon) * (-PublishedCore.BaseTemperature * y.numel() * y.shape[0]); // L · B from the outer means, B from S
        var shares = states / c;
        var pull = PublishedCore.WithoutSelf(mm(shares, states.t()));
        var constant = shares.sum() * PublishedCore.Epsilon; // counts each text that is alone in its state
        return PublishedCore.Loss(batch.Sentences, pull, constant, temperature);
    }
}
