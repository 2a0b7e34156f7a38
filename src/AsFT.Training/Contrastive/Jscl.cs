using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Contrastive;

/// <summary>Jaccard similarity contrastive loss: texts attract each other by how much their label sets overlap.</summary>
public static class Jscl
{
    /// <summary>
    /// Pᵢⱼ = Jᵢⱼ, the Jaccard index of the label sets, over sentence vectors. Deviation from the published code: J weighs the
    /// positives, in the numerator, so that texts without a shared label are not pulled together.
    /// </summary>
    public static Tensor Sound(ContrastiveInput batch, double temperature) =>
        SoundCore.Loss(batch.Sentences, SoundCore.MeanOverAnchors(Jaccard.Of(batch.Targets)), temperature);

    /// <summary>As CL-MTC's code: every other text is an equal positive and J weighs the denominator alone. NaN where a text has no label.</summary>
    public static Tensor Published(ContrastiveInput batch, double temperature) => Published(batch.Sentences, batch.Targets, temperature);

    internal static Tensor Published(Tensor items, Tensor targets, double temperature)
    {
        var weights = Jaccard.Of(targets);
        var (pull, constant) = PublishedCore.MeanOverRows(ones_like(weights));
        return PublishedCore.Loss(items, pull, constant, temperature, weights);
    }
}
