using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Safety;

/// <summary>
/// Constrained SFT (Qi et al. 2024, arXiv 2406.05946): the cross-entropy of each answer token t is weighted by
/// 2(1 − σ(β_t(log π − log π_ref))), taken as a constant, at least 1e-3; the larger β_t, the less the token may rise above what the model gave it
/// before. π_ref is asked once, before the first step: the rows do not change, so no second model is kept.
/// </summary>
public sealed class ConstrainedLoss(ConstrainedSftOptions options)
{
    private const double Least = 1e-3;

    private readonly Dictionary<TokenisedRow, float[]> before = new(ReferenceEqualityComparer.Instance);

    /// <summary>Remembers what the model gives each answer token now.</summary>
    public void Remember(FineTuning training, CancellationToken cancel)
    {
        using var frozen = no_grad();
        foreach (var row in training.Rows)
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var batch = Batch.Of([row], 0);
            before[row] = (-training.TokenLosses(batch)).cpu().data<float>().ToArray();
        }
    }

    /// <param name="losses">cross-entropy of each learnt token, (N)</param>
    public Tensor Weigh(Batch batch, Tensor losses)
    {
        var reference = tensor(batch.Source.SelectMany(r => before[r]).ToArray(), device: losses.device);
        var beta = tensor(batch.Source.SelectMany(r => Enumerable.Range(0, before[r].Length).Select(Beta)).ToArray(), dtype: ScalarType.Float32, device: losses.device);
        var weight = (2 * (1 - (beta * (-losses.detach() - reference)).sigmoid())).clamp_min(Least);
        return (weight * losses).mean();
    }

    /// <summary>By the token's place in the answer, counted from 0.</summary>
    private double Beta(int place) => place == 0 ? options.FirstBeta : place < 5 ? options.EarlyBeta : options.LateBeta;
}
