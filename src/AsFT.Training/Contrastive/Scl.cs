using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Contrastive;

/// <summary>
/// Strict contrastive loss: texts attract those with exactly the same label set. Pᵢⱼ = [yᵢ = yⱼ] over sentence vectors; two texts
/// without labels have the same set.
/// </summary>
public static class Scl
{
    public static Tensor Sound(ContrastiveInput batch, double temperature) =>
        SoundCore.Loss(batch.Sentences, SoundCore.MeanOverAnchors(Positives(batch.Targets)), temperature);

    /// <summary>As CL-MTC's code: a batch without any positive pair is the constant −τ/0.07.</summary>
    public static Tensor Published(ContrastiveInput batch, double temperature)
    {
        var (pull, constant) = PublishedCore.MeanOverRows(Positives(batch.Targets));
        return PublishedCore.Loss(batch.Sentences, pull, constant, temperature);
    }

    /// <summary>[yᵢ = yⱼ], (B, B).</summary>
    internal static Tensor Positives(Tensor y)
    {
        var (both, either) = Jaccard.Sizes(y);
        return (both == either).to(y.dtype);
    }
}
