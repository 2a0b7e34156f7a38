using AsFT.Experiments.Specification;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Safety;

/// <summary>
/// Vaccine (Huang et al. 2024, arXiv 2402.01109): a first pass takes the gradient g_l of each layer's attention output; the
/// second, which is learnt from, adds ρ·g_l/‖g‖ to it, ‖g‖ over all layers: the disturbance of that size that hurts most.
/// </summary>
public sealed class Vaccine(VaccineOptions options) : StepRule
{
    public override Losses Fill(FineTuning training)
    {
        var losses = new Losses(0, 0, 0);
        foreach (var rows in training.Batches)
        {
            using var scope = NewDisposeScope();
            var disturbance = Worst(training, rows);
            losses += Hooked(training, (layer, y) => y + disturbance[layer], () => training.AddTaskGradient(rows, training.Batches.Count));
        }
        return losses;
    }

    /// <summary>ρ·g_l/‖g‖ by layer, each (B, T, hidden).</summary>
    private Tensor[] Worst(FineTuning training, int[] rows)
    {
        var probes = new Tensor[training.Model.Config.Layers];
        var loss = Hooked(training, (layer, y) =>
        {
            probes[layer] = zeros_like(y).detach().requires_grad_().MoveToOuterDisposeScope();
            return y + probes[layer];
        }, () => training.TaskLoss(training.BatchOf(rows)));
        var slopes = training.ScaledSlopes(loss, probes); // the scale goes with the norm
        var norm = slopes.Select(g => g.to(ScalarType.Float32).square().sum().to(slopes[0].device)).Aggregate((a, b) => a + b).sqrt().clamp_min(float.Epsilon);
        return [.. slopes.Select(g => (g * (options.Rho / norm.to(g.device))).to(g.dtype))];
    }

    /// <summary>A pass may end in an exception; the hook goes with it.</summary>
    private static T Hooked<T>(FineTuning training, Func<int, Tensor, Tensor> hook, Func<T> pass)
    {
        training.Model.AttentionHook = hook;
        try
        {
            return pass();
        }
        finally
        {
            training.Model.AttentionHook = null;
        }
    }
}
