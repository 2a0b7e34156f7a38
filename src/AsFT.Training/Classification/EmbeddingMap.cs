using AsFT.Experiments.Classification;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Classification;

/// <summary>Where texts lie for a classifier: a map by principal components, and how near texts of like labels are.</summary>
public static class EmbeddingMap
{
    /// <param name="sentences">(N, D)</param>
    /// <param name="tokenSimilarity">what <see cref="TokenPairs"/> found, where labels have tokens</param>
    public static Embedding Of(Tensor sentences, IReadOnlyList<bool[]> labels, TokenSimilarity? tokenSimilarity)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var centred = sentences - sentences.mean([0L], keepdim: true);
        var (_, sizes, directions) = linalg.svd(centred, fullMatrices: false); // (min(N, D)), (min(N, D), D)
        var shares = sizes.square() / sizes.square().sum().clamp_min(1e-30);
        var kept = Math.Min(2, (int)sizes.shape[0]);
        var points = mm(centred, directions.narrow(0, 0, kept).t()).cpu().data<float>().ToArray(); // (N, 2)
        return new([.. points.Chunk(kept).Select(p => new[] { Math.Round(p[0], 4), kept > 1 ? Math.Round(p[1], 4) : 0 })],
            [.. shares.narrow(0, 0, kept).cpu().data<float>().Select(s => (double)s)], Pairs(sentences, labels), tokenSimilarity);
    }

    /// <summary>
    /// Mean cosine distance 1 − cos of pairs with equal, overlapping and disjoint label sets; alignment, the mean of ‖x − y‖² over pairs
    /// with equal sets, and uniformity, log of the mean of exp(−2‖x − y‖²) over all pairs, of vectors at length 1 (Wang and Isola 2020).
    /// </summary>
    public static PairDistances Pairs(Tensor sentences, IReadOnlyList<bool[]> labels)
    {
        using var scope = NewDisposeScope();
        var x = nn.functional.normalize(sentences, dim: 1, eps: 1e-12); // (N, D)
        var distance = (1 - mm(x, x.t())).clamp_min(0); // (N, N); ‖x − y‖² is twice this
        var y = tensor(labels.SelectMany(l => l.Select(b => b ? 1f : 0f)).ToArray(), [labels.Count, labels[0].Length], device: sentences.device);
        var differing = mm(y, (1 - y).t());
        var equal = (differing + differing.t()).eq(0);
        var overlapping = mm(y, y.t()).gt(0).logical_and(equal.logical_not());
        var pairs = ones_like(distance).triu(1).to(ScalarType.Bool);
        double? Mean(Tensor which) => which.logical_and(pairs) is var chosen && chosen.sum().ToInt64() is > 0 and var n ? (distance * chosen).sum().ToDouble() / n : null;
        var uniformity = labels.Count < 2 ? (double?)null : Math.Log(((-4 * distance).exp() * pairs).sum().ToDouble() / pairs.sum().ToInt64());
        return new(Mean(equal), Mean(overlapping), Mean(equal.logical_or(overlapping).logical_not()), 2 * Mean(equal), uniformity);
    }
}
