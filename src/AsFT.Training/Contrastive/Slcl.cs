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
        var counts = y.sum(dim: 0); // (L); sum(0) would be taken for a type
        var paired = counts > 1;
        var anchors = counts * paired.sum().clamp_min(1); // the mean over the texts with a label, then over the labels
        var perPair = paired.to(y.dtype) / ((counts - 1) * anchors).masked_fill(~paired, 1);
        var pull = mm(y * perPair, y.t()) * PublishedCore.Others(y);
        return SoundCore.Loss(batch.Sentences, pull, temperature) / y.shape[0];
    }

    /// <summary>As CL-MTC's code, (1/L) Σₐ (1/B) Sₐ with Pᵃᵢⱼ = [yᵢₐ = yⱼₐ]: a label that both texts lack makes them positives.</summary>
    public static Tensor Published(ContrastiveInput batch, double temperature)
    {
        var y = batch.Targets;
        var (b, l) = (y.shape[0], y.shape[1]);
        var states = cat([y, 1 - y], 1); // has label a; lacks it: (B, 2L)
        var c = states.sum(dim: 0) - 1 + PublishedCore.Epsilon;
        var pull = mm(states / c, states.t()) * PublishedCore.Others(y);
        var constant = (states / c).sum() * PublishedCore.Epsilon; // 1 for each text that is alone in its state
        var q = PublishedCore.LogShares(batch.Sentences, temperature);
        return -(temperature / PublishedCore.BaseTemperature) * ((pull * q).sum() + constant) / (l * b * b);
    }
}
