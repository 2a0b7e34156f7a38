using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Contrastive;

/// <summary>Jaccard similarity probability contrastive loss: <see cref="Jscl"/> over what the model predicts in place of sentence vectors.</summary>
public static class Jspcl
{
    /// <summary>Over the directions of the probabilities σ(o). Deviation from the published code, besides those of <see cref="Jscl"/>: that compares raw logits.</summary>
    public static Tensor Sound(ContrastiveInput batch, double temperature) =>
        SoundCore.Loss(batch.Logits.sigmoid(), SoundCore.MeanOverAnchors(Jaccard.Of(batch.Targets)), temperature);

    /// <summary>As CL-MTC's code: over the logits. NaN where a text has no label.</summary>
    public static Tensor Published(ContrastiveInput batch, double temperature) => Jscl.Published(batch.Logits, batch.Targets, temperature);
}
