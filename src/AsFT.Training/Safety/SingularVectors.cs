using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Safety;

/// <summary>The strongest singular directions of a matrix.</summary>
public static class SingularVectors
{
    private const int SmallEnough = 512, Spare = 16, Rounds = 24;

    /// <summary>
    /// U_k, (out, k), and Σ_k, largest first. Small matrices are decomposed whole; of large ones the row space is found by
    /// subspace iteration (Halko et al. 2011, alg. 4.4), started from fixed vectors, so that the result does not depend on a seed.
    /// </summary>
    public static (Tensor U, Tensor S) Strongest(Tensor v, int k)
    {
        using var scope = NewDisposeScope();
        k = (int)Math.Min(k, v.shape.Min());
        var (u, s, _) = v.shape.Min() <= SmallEnough ? linalg.svd(v, fullMatrices: false) : Iterated(v, k);
        return (u.narrow(1, 0, k).contiguous().MoveToOuterDisposeScope(), s.narrow(0, 0, k).contiguous().MoveToOuterDisposeScope());
    }

    /// <summary>U_kΣ_kV_kᵀ: the nearest matrix of rank k.</summary>
    public static Tensor NearestOfRank(Tensor v, int k)
    {
        using var scope = NewDisposeScope();
        var (u, _) = Strongest(v, k);
        return mm(u, mm(u.t(), v)).MoveToOuterDisposeScope();
    }

    private static (Tensor U, Tensor S, Tensor Vh) Iterated(Tensor v, int k)
    {
        var width = Math.Min(k + Spare, v.shape.Min());
        var grid = arange(v.shape[1], dtype: ScalarType.Float64, device: v.device).unsqueeze(1) * arange(1, width + 1, dtype: ScalarType.Float64, device: v.device);
        var q = (grid * 0.7548776662466927 + grid.square() * 0.5698402909980532).sin().to(v.dtype); // spread over all directions, the same every time
        for (var round = 0; round < Rounds; round++) q = linalg.qr(mm(v.t(), linalg.qr(mm(v, q)).Q)).Q;
        var (u, s, vh) = linalg.svd(mm(v, q), fullMatrices: false);
        return (u, s, vh);
    }
}
