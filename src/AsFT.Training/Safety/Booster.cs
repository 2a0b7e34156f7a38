using AsFT.Experiments.Specification;

namespace AsFT.Training.Safety;

/// <summary>
/// Booster (Huang et al. 2024, arXiv 2409.01586): g = ∇f(w) + λ(∇h(w) − ∇h(w − α∇h(w)/‖∇h(w)‖)), with f the task and h the
/// loss on harmful rows: it weakens how much one harmful step would lower h.
/// </summary>
public sealed class Booster(BoosterOptions options, RowCycle harmful) : StepRule
{
    public override Losses Fill(FineTuning training) => HarmfulDifference.Fill(training, harmful, options.Lambda, -options.Alpha);
}
