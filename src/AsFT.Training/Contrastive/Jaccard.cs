using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Contrastive;

/// <summary>Jᵢⱼ = |yᵢ ∩ yⱼ| / |yᵢ ∪ yⱼ| of the label sets of a batch, 0 where both are empty, (B, B).</summary>
internal static class Jaccard
{
    public static Tensor Of(Tensor y)
    {
        var both = mm(y, y.t());
        var counts = y.sum(1);
        return both / (counts.unsqueeze(1) + counts - both).clamp_min(1);
    }
}
