using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Contrastive;

/// <summary>Jᵢⱼ = |yᵢ ∩ yⱼ| / |yᵢ ∪ yⱼ| of the label sets of a batch, 0 where both are empty, (B, B).</summary>
internal static class Jaccard
{
    public static Tensor Of(Tensor y)
    {
        var (both, either) = Sizes(y);
        return both / either.clamp_min(1);
    }

    /// <summary>|yᵢ ∩ yⱼ| and |yᵢ ∪ yⱼ|, (B, B).</summary>
    public static (Tensor Both, Tensor Either) Sizes(Tensor y)
    {
        var both = mm(y, y.t());
        var counts = y.sum(dim: 1);
        return (both, counts.unsqueeze(1) + counts - both);
    }
}
