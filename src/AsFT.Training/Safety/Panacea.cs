using AsFT.Experiments.Specification;

namespace AsFT.Training.Safety;

/// <summary>
/// Panacea (Wang et al. 2025, arXiv 2501.18100), in its one-loop form: g = ∇f(w) + λ(∇h(w) − ∇h(w + ε)), ε = ρ∇h(w)/‖∇h(w)‖ the perturbation
/// of that length which raises the loss h on harmful rows most.
/// </summary>
public sealed class Panacea(PanaceaOptions options, RowCycle harmful) : StepRule
{
    public override Losses Fill(FineTuning training) => HarmfulDifference.Fill(training, harmful, options.Lambda, options.Rho);
}
