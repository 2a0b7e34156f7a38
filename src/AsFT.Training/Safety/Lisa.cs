using AsFT.Experiments.Specification;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Safety;

/// <summary>
/// Lisa (Huang et al. 2024, arXiv 2405.18641): K₁ steps on safety rows and K₂ on the task take turns, each with
/// ρ/2‖w − w_other‖² toward where the other turn ended; during the first tenth of all steps without it. A safety step takes the place
/// of a task step, whose rows are then not seen, as in the published code.
/// </summary>
public sealed class Lisa(LisaOptions options, RowCycle safety) : StepRule
{
    private WeightVector? other;

    public override Losses Fill(FineTuning training)
    {
        var turn = training.Step % (options.SafetySteps + options.TaskSteps);
        if (other is null || turn == 0 || turn == options.SafetySteps)
        {
            other?.Dispose();
            other = WeightVector.Copy(training.Trainable);
        }
        var losses = turn < options.SafetySteps
            ? new Losses(null, 0, 0) { Aside = ("loss/safety", training.AddGradient(safety.At(training.Step))) }
            : training.AddTaskGradient();
        if (training.Step >= training.Plan.Steps / 10) other.PullTowards(options.Rho);
        return losses;
    }

    public override IReadOnlyDictionary<string, Tensor> State =>
        (other?.Parts ?? []).Select((part, i) => (part, i)).ToDictionary(p => $"other.{p.i}", p => p.part);

    public override void Restore(FineTuning training, IReadOnlyDictionary<string, Tensor> state)
    {
        if (state.Count == 0) return;
        using var frozen = no_grad();
        other = WeightVector.Copy(training.Trainable);
        for (var i = 0; i < other.Parts.Count; i++) other.Parts[i].copy_(state[$"other.{i}"]);
    }

    public override void Dispose()
    {
        other?.Dispose();
        base.Dispose();
    }
}
