using AsFT.Experiments.Classification;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Classification;

/// <summary>Cosines between the tokens of two labels of one text, gathered over batches: both present, both absent, one of each.</summary>
public sealed class TokenPairs
{
    private readonly double[] sums = new double[3], pairs = new double[3];

    /// <summary>The mean over all pairs, however they lie in batches; null before any batch.</summary>
    public TokenSimilarity? Mean => pairs.Sum() == 0 ? null : new(Of(0), Of(1), Of(2));

    /// <param name="tokens">(N, L, D)</param>
    /// <param name="present">(N, L) 1 where a label holds</param>
    public void Add(Tensor tokens, Tensor present)
    {
        using var scope = NewDisposeScope();
        var t = nn.functional.normalize(tokens, dim: 2, eps: 1e-12);
        var cosines = bmm(t, t.transpose(1, 2)); // (N, L, L)
        var (a, b) = (present.unsqueeze(2), present.unsqueeze(1));
        var each = ones_like(cosines).triu(1);
        foreach (var (which, i) in new[] { a * b, (1 - a) * (1 - b), a * (1 - b) + (1 - a) * b }.Select((w, i) => (w * each, i)))
        {
            sums[i] += (cosines * which).sum(ScalarType.Float64).ToDouble();
            pairs[i] += which.sum(ScalarType.Float64).ToDouble();
        }
    }

    private double? Of(int i) => pairs[i] > 0 ? sums[i] / pairs[i] : null;
}
