using AsFT.Experiments.Specification;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Contrastive;

/// <summary>The loss of a batch and its parts.</summary>
/// <param name="Second">the contrastive or the correlation loss; null with cross-entropy alone</param>
public sealed record LossTerms(Tensor Total, Tensor Bce, Tensor? Second);

/// <summary>
/// (1−α)·BCE + α·CL (CL-MTC, arXiv 2212.00552), CL one of the five contrastive losses; with <see cref="LossKind.Joint"/> the label
/// correlation loss stands in its place, with <see cref="LossKind.Bce"/> the loss is BCE.
/// </summary>
/// <param name="Alpha">α, 0 to 1</param>
/// <param name="Temperature">τ > 0; it also scales a contrastive loss, by τ/0.07</param>
public sealed record ContrastiveLoss(LossKind Kind, LossForm Form = LossForm.Sound, double Alpha = 0.2, double Temperature = 1)
{
    /// <summary>What a positive counts in BCE, by label, (L).</summary>
    public Tensor? PositiveWeights { get; init; }

    public LossTerms Of(ContrastiveInput batch)
    {
        var bce = BinaryCrossEntropy.Of(batch, PositiveWeights);
        if (Kind == LossKind.Bce) return new(bce, bce, null);
        var second = Second(batch);
        return new((1 - Alpha) * bce + Alpha * second, bce, second);
    }

    /// <summary>CL alone.</summary>
    /// <exception cref="ArgumentOutOfRangeException">the loss is BCE, which has no second term</exception>
    public Tensor Second(ContrastiveInput batch)
    {
        using var few = OneThread.IfFew(Numbers(batch));
        return (Kind, Form) switch
        {
            (LossKind.Joint, LossForm.Sound) => LabelCorrelation.Sound(batch),
            (LossKind.Joint, LossForm.Published) => LabelCorrelation.Published(batch),
            (LossKind.Scl, LossForm.Sound) => Scl.Sound(batch, Temperature),
            (LossKind.Scl, LossForm.Published) => Scl.Published(batch, Temperature),
            (LossKind.Icl, LossForm.Sound) => Icl.Sound(batch, Temperature),
            (LossKind.Icl, LossForm.Published) => Icl.Published(batch, Temperature),
            (LossKind.Jscl, LossForm.Sound) => Jscl.Sound(batch, Temperature),
            (LossKind.Jscl, LossForm.Published) => Jscl.Published(batch, Temperature),
            (LossKind.Jspcl, LossForm.Sound) => Jspcl.Sound(batch, Temperature),
            (LossKind.Jspcl, LossForm.Published) => Jspcl.Published(batch, Temperature),
            (LossKind.Slcl, LossForm.Sound) => Slcl.Sound(batch, Temperature),
            (LossKind.Slcl, LossForm.Published) => Slcl.Published(batch, Temperature),
            _ => throw new ArgumentOutOfRangeException(nameof(batch), $"{Kind} in the form {Form} has no second term"),
        };
    }

    /// <summary>How many the largest tensor has: what is compared, or the comparisons of each with each.</summary>
    private long Numbers(ContrastiveInput batch)
    {
        var (b, l) = (batch.Targets.shape[0], batch.Targets.shape[1]);
        return Kind switch
        {
            LossKind.Icl => Math.Max(batch.LabelTokens.numel(), b * l * l),
            LossKind.Joint => b * l,
            LossKind.Jspcl => Math.Max(b * l, b * b),
            _ => Math.Max(batch.Sentences.numel(), b * b),
        };
    }
}
