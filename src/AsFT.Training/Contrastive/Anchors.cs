using AsFT.Experiments.Specification;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Contrastive;

/// <summary>What a batch gives a contrastive loss to work on, read from its targets, (B, L).</summary>
public static class Anchors
{
    /// <summary>
    /// How many anchors there are, and how many of them have a positive; null for a loss that compares nothing. Anchors are texts; in
    /// SLCL and ICL the labels that texts have (published form: have or lack). In the published form one without a positive is a constant.
    /// </summary>
    public static (int Paired, int All)? Count(LossKind kind, LossForm form, Tensor targets)
    {
        if (!kind.IsContrastive()) return null;
        using var scope = NewDisposeScope();
        var y = targets.to(ScalarType.Float32);
        var published = form == LossForm.Published;
        return kind switch
        {
            LossKind.Scl => Rows(Scl.Positives(y)),
            LossKind.Slcl => Groups(published ? cat([y, 1 - y], 1).sum(dim: 0) : y.sum(dim: 0)),
            LossKind.Icl => Groups(published ? cat([y, 1 - y], 0).sum(1) : y.sum(1)),
            _ => Rows(published ? ones_like(mm(y, y.t())) : Jaccard.Of(y)),
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

    private static (int, int) Rows(Tensor positives) => ((PublishedCore.WithoutSelf(positives).sum(1) > 0).sum().ToInt32(), (int)positives.shape[0]);

    /// <param name="sizes">of the groups whose members are each other's positives</param>
    private static (int, int) Groups(Tensor sizes) => ((int)(sizes * (sizes > 1)).sum().ToSingle(), (int)sizes.sum().ToSingle());
}
