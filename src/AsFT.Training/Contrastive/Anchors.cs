using AsFT.Experiments.Specification;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Contrastive;

/// <summary>What a batch gives a contrastive loss to work on, read from its targets, (B, L).</summary>
public static class Anchors
{
    /// <summary>
    /// The share of anchors that have a positive; 0 where there is no anchor, null for a loss that compares nothing. Anchors are
    /// texts; in SLCL and ICL the labels that texts have (published form: have or lack).
    /// </summary>
    public static double? ShareWithPositive(LossKind kind, LossForm form, Tensor targets)
    {
        if (!kind.IsContrastive()) return null;
        using var scope = NewDisposeScope();
        var y = targets.to(ScalarType.Float32);
        var published = form == LossForm.Published;
        return kind switch
        {
            LossKind.Scl => RowShare(Scl.Positives(y)),
            LossKind.Slcl => GroupShare(published ? cat([y, 1 - y], 1).sum(dim: 0) : y.sum(dim: 0)),
            LossKind.Icl => GroupShare(published ? cat([y, 1 - y], 0).sum(1) : y.sum(1)),
            _ => RowShare(published ? ones_like(mm(y, y.t())) : Jaccard.Of(y)),
        };
    }

    /// <summary>How many texts make the loss NaN: those without labels in published JSCL and JSPCL, those with all in published joint.</summary>
    public static int Undefined(LossKind kind, LossForm form, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var counts = targets.to(ScalarType.Float32).sum(1);
        return (kind, form) switch
        {
            (LossKind.Jscl or LossKind.Jspcl, LossForm.Published) => (counts == 0).sum().ToInt32(),
            (LossKind.Joint, LossForm.Published) => (counts == targets.shape[1]).sum().ToInt32(),
            _ => 0,
        };
    }

    private static double RowShare(Tensor positives) => (PublishedCore.WithoutSelf(positives).sum(1) > 0).to(ScalarType.Float32).mean().ToDouble();

    /// <param name="sizes">of the groups whose members are each other's positives</param>
    private static double GroupShare(Tensor sizes) => ((sizes * (sizes > 1)).sum() / sizes.sum().clamp_min(1)).ToDouble();
}
