using AsFT.Experiments.Text;
using AsFT.Training.Models;
using AsFT.Training.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Safety;

/// <summary>
/// Antidote (Huang et al. 2024, arXiv 2408.09600): after training, the adapter weights that matter most on harmful rows are zeroed. How much a
/// weight matters is Wanda's score (Sun et al. 2023), |w_ij|·‖x_j‖, with x_j its input over all harmful tokens, padding not counted; for A that is the layer's
/// input, for B it is Ax. Of each matrix the top share goes.
/// </summary>
public static class Antidote
{
    /// <returns>how many weights were zeroed</returns>
    public static long Apply(Decoder model, IReadOnlyList<Projection> adapted, IEnumerable<IReadOnlyList<TokenisedRow>> harmful, int padId, double share)
    {
        using var frozen = no_grad();
        var seen = adapted.ToDictionary(m => m, _ => (Input: (Tensor?)null, Inner: (Tensor?)null));
        var real = ones(1, 1, 1); // 1 where a token is, 0 where a line is filled up
        foreach (var module in adapted)
            module.Lora!.Watch = (x, inner) => seen[module] = (Add(seen[module].Input, x, real), Add(seen[module].Inner, inner, real));
        foreach (var rows in harmful)
        {
            using var scope = NewDisposeScope();
            var batch = Batch.Of(rows, padId);
            real = (arange(batch.Width) < tensor(rows.Select(r => (long)r.Ids.Length).ToArray()).unsqueeze(1)).unsqueeze(2).to(ScalarType.Float32);
            model.Hidden(tensor(batch.Ids, [batch.Lines, batch.Width], device: model.Device));
        }
        long zeroed = 0;
        foreach (var module in adapted)
        {
            using var scope = NewDisposeScope();
            module.Lora!.Watch = null;
            zeroed += Zero(module.Lora.A, seen[module].Input!, share) + Zero(module.Lora.B, seen[module].Inner!, share);
            seen[module].Input!.Dispose();
            seen[module].Inner!.Dispose();
        }
        return zeroed;
    }

    /// <summary>Sum of squares by feature so far, (features).</summary>
    private static Tensor Add(Tensor? sum, Tensor x, Tensor real)
    {
        using var scope = NewDisposeScope();
        var squares = (x.to(ScalarType.Float32) * real.to(x.device)).square().sum([0, 1]); // of (lines, width, features)
        var total = (sum is null ? squares : sum + squares).DetachFromDisposeScope();
        sum?.Dispose();
        return total;
    }

    private static long Zero(Tensor weight, Tensor squares, double share)
    {
        var scores = (weight.abs() * squares.sqrt()).flatten();
        var count = (long)(scores.numel() * share);
        if (count > 0) weight.view(-1).index_fill_(0, scores.topk((int)count).indexes, 0);
        return count;
    }
}
