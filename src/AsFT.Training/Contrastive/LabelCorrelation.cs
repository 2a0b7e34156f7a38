using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Contrastive;

/// <summary>
/// Label correlation loss of SpanEmo (arXiv 2101.10038): (1/B) Σᵢ 1/(|Oᵢ||Zᵢ|) Σ_{o∈Oᵢ, z∈Zᵢ} exp(σ(z) − σ(o)), O the labels
/// a text has and Z those it lacks. The sum over pairs is a product of two sums.
/// </summary>
public static class LabelCorrelation
{
    /// <summary>Deviation from the published code: a text with all labels counts 0, like one with none.</summary>
    public static Tensor Sound(ContrastiveInput batch)
    {
        var (y, probabilities) = (batch.Targets, batch.Logits.sigmoid());
        var present = y.sum(1);
        var pairs = ((-probabilities).exp() * y).sum(1) * (probabilities.exp() * (1 - y)).sum(1); // (B)
        return (pairs / (present * (y.shape[1] - present)).clamp_min(1)).mean();
    }

    /// <summary>As the published code: NaN where a text has all labels, with the gradients of the other texts.</summary>
    public static Tensor Published(ContrastiveInput batch)
    {
        var absent = (1 - batch.Targets).sum(1);
        return Sound(batch) + (absent / absent - 1).sum(); // 0, or 0/0
    }
}
