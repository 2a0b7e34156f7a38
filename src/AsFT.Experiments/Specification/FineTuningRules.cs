using System.Globalization;

namespace AsFT.Experiments.Specification;

/// <summary>What a specification of the task fine_tuning may hold beyond what every run may, but for its defences and judges.</summary>
internal static class FineTuningRules
{
    public static IEnumerable<Fault> Check(RunSpecification s)
    {
        var faults = new List<Fault>();
        void Require(bool holds, string path, FormattableString problem)
        {
            if (!holds) faults.Add(new(path, problem.ToString(CultureInfo.InvariantCulture)));
        }

        Require(s.Model.Aligned.Length > 0, "model.aligned", $"is missing; name the model to fine-tune");
        Require(s.Evaluation.EveryEpochs >= 0, "evaluation.every_epochs", $"is {s.Evaluation.EveryEpochs}; take 0 or more");
        Require(s.Evaluation.EverySteps >= 0, "evaluation.every_steps", $"is {s.Evaluation.EverySteps}; take 0 (by epochs) or more");
        Require(s.Evaluation.Temperature is >= 0 and <= 10, "evaluation.temperature", $"is {s.Evaluation.Temperature}; take 0 (greedy) to 10");
        Require(s.Evaluation.TopP is > 0 and <= 1, "evaluation.top_p", $"is {s.Evaluation.TopP}; take more than 0 and at most 1");
        Require(s.Training.Patience == 0 || !s.Method.Kinds.Any(k => Defence.Of(k).Stage == DefenceStage.End), "training.patience", $"is {s.Training.Patience}, and a defence changes the model after the last step, whose effect an early end would not measure; take 0");
        Require(s.Evaluation.HarmfulLimit >= 1, "evaluation.harmful_limit", $"is {s.Evaluation.HarmfulLimit}; take 1 or more");
        Require(s.Evaluation.TaskLimit >= 1, "evaluation.task_limit", $"is {s.Evaluation.TaskLimit}; take 1 or more");
        Require(s.Evaluation.HarmfulNewTokens is >= 1 and <= 8192, "evaluation.harmful_new_tokens", $"is {s.Evaluation.HarmfulNewTokens}; take 1 to 8192");
        Require(s.Evaluation.TaskNewTokens is >= 1 and <= 8192, "evaluation.task_new_tokens", $"is {s.Evaluation.TaskNewTokens}; take 1 to 8192");
        Require(s.Evaluation.BatchSize is >= 1 and <= 1024, "evaluation.batch_size", $"is {s.Evaluation.BatchSize}; take 1 to 1024");
        Require(s.Evaluation.HarmlessLimit >= 1, "evaluation.harmless_limit", $"is {s.Evaluation.HarmlessLimit}; take 1 or more");
        Require(!s.Training.Snapshots || s.Lora.Rank > 0, "training.snapshots", $"is on, and all weights are trained (lora.rank is 0): each snapshot would be a whole model; take a lora.rank of 1 or more, or switch it off");
        return faults;
    }
}
