namespace AsFT.Experiments.Specification;

/// <summary>What a specification of the task fine_tuning may hold beyond what every run may, but for its evaluation, defences and judges.</summary>
internal static class FineTuningRules
{
    public static IEnumerable<Fault> Check(RunSpecification s)
    {
        if (s.Model.Aligned.Length == 0) yield return new("model.aligned", "is missing; name the model to fine-tune");
        if (s.Training.Patience != 0 && s.Method.Kinds.Any(k => Defence.Of(k).Stage == DefenceStage.End))
            yield return new("training.patience", $"is {s.Training.Patience}, and a defence changes the model after the last step, whose effect an early end would not measure; take 0");
        if (s.Training.Snapshots && s.Lora.Rank == 0)
            yield return new("training.snapshots", "is on, and all weights are trained (lora.rank is 0): each snapshot would be a whole model; take a lora.rank of 1 or more, or switch it off");
    }
}
