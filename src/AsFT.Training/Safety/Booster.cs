using AsFT.Experiments.Specification;

namespace AsFT.Training.Safety;

/// <summary>
/// Booster (Huang et al. 2024, arXiv 2409.01586): g = ∇f(w) + λ(∇h(w) − ∇h(w − α∇h(w)/‖∇h(w)‖)), with f the task and h the
/// loss on harmful rows: it weakens how much one harmful step would lower h.
/// </summary>
public sealed class Booster(BoosterOptions options, RowCycle harmful) : StepRule
{
    public override Losses Fill(FineTuning training)
    {
        var rows = harmful.At(training.Step);
        var loss = training.AddGradient(rows);
        using var here = WeightVector.TakeGradients(training.Trainable);
        var step = options.Alpha / Math.Max(here.Norm(), double.Epsilon);
        here.Shift(-step);
        training.AddGradient(rows);
        here.Shift(step);
        using var there = WeightVector.TakeGradients(training.Trainable);

        var losses = training.AddTaskGradient();
        here.AddToGradients(options.Lambda);
        there.AddToGradients(-options.Lambda);
        return losses with { Aside = ("loss/harmful", loss) };
    }
}
