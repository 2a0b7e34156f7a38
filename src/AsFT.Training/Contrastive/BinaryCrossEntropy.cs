using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Contrastive;

/// <summary>Binary cross-entropy of logits o: mean over B·L of −w y log σ(o) − (1−y) log(1−σ(o)).</summary>
public static class BinaryCrossEntropy
{
    /// <param name="batch">logits and targets</param>
    /// <param name="positiveWeights">w of each label, (L); 1 where none are given</param>
    public static Tensor Of(ContrastiveInput batch, Tensor? positiveWeights = null) =>
        nn.functional.binary_cross_entropy_with_logits(batch.Logits, batch.Targets, pos_weights: positiveWeights?.to(batch.Logits.dtype));
}
