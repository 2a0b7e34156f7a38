using AsFT.Experiments.Specification;
using AsFT.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Safety;

/// <summary>Defences that move the weights themselves along V = W_aligned − W_base, before training or after.</summary>
public static class Extrapolation
{
    /// <summary>LoX (Perin et al. 2025, arXiv 2506.15606): W_aligned + c·U_kΣ_kV_kᵀ of V, in every linear layer.</summary>
    /// <param name="aligned">the weights that alignment left; the layers' may have moved on since</param>
    public static void Lox(IEnumerable<Projection> linears, PartnerWeights aligned, PartnerWeights partner, LoxOptions options, CancellationToken cancel)
    {
        using var frozen = no_grad();
        foreach (var module in linears)
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var v = aligned.Read(module.Name + ".weight", module.Weight) - partner.Read(module.Name + ".weight", module.Weight);
            module.Weight.add_((SingularVectors.NearestOfRank(v, options.Rank) * options.Factor).to(module.Weight.dtype));
        }
    }

    /// <summary>RESTA (Bhardwaj et al. 2024, arXiv 2402.11746): θ + γ(θ_aligned − θ_base), in every weight.</summary>
    /// <param name="aligned">the weights before training, which may have changed since</param>
    public static void Resta(Decoder model, PartnerWeights aligned, PartnerWeights partner, RestaOptions options, CancellationToken cancel)
    {
        using var frozen = no_grad();
        foreach (var (name, weight) in model.Weights)
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            weight.add_(((aligned.Read(name, weight) - partner.Read(name, weight)) * options.Gamma).to(weight.dtype));
        }
    }
}
