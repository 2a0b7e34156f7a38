namespace AsFT.Experiments.Specification;

/// <summary>
/// What a multi-label classifier learns from: binary cross-entropy alone, with the label correlation loss (joint), or with one of
/// the contrastive losses of CL-MTC (arXiv 2212.00552).
/// </summary>
public enum LossKind { Bce, Joint, Scl, Icl, Jscl, Jspcl, Slcl }

/// <summary>sound: finite for every batch. published: what CL-MTC's code computes, NaN and constant cases included.</summary>
public enum LossForm { Sound, Published }

public static class LossKinds
{
    /// <summary>It compares the vectors of label tokens, which an encoder has only where label words stand in its input.</summary>
    public static bool NeedsLabelTokens(this LossKind kind) => kind == LossKind.Icl;

    /// <summary>It compares vectors, and so has a temperature.</summary>
    public static bool IsContrastive(this LossKind kind) => kind is not (LossKind.Bce or LossKind.Joint);
}
