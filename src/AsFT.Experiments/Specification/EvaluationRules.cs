using System.Globalization;

namespace AsFT.Experiments.Specification;

/// <summary>What the group of evaluation settings may hold.</summary>
internal static class EvaluationRules
{
    public static IEnumerable<Fault> Check(RunSpecification s)
    {
        var (e, faults) = (s.Evaluation, new List<Fault>());
        void Require(bool holds, string name, FormattableString problem)
        {
            if (!holds) faults.Add(new("evaluation." + name, problem.ToString(CultureInfo.InvariantCulture)));
        }

        Require(e.EveryEpochs >= 0, "every_epochs", $"is {e.EveryEpochs}; take 0 or more");
        Require(e.EverySteps >= 0, "every_steps", $"is {e.EverySteps}; take 0 (by epochs) or more");
        Require(e.Temperature is >= 0 and <= 10, "temperature", $"is {e.Temperature}; take 0 (greedy) to 10");
        Require(e.TopP is > 0 and <= 1, "top_p", $"is {e.TopP}; take more than 0 and at most 1");
        Require(e.HarmfulLimit >= 1, "harmful_limit", $"is {e.HarmfulLimit}; take 1 or more");
        Require(e.TaskLimit >= 1, "task_limit", $"is {e.TaskLimit}; take 1 or more");
        Require(e.HarmfulNewTokens is >= 1 and <= 8192, "harmful_new_tokens", $"is {e.HarmfulNewTokens}; take 1 to 8192");
        Require(e.TaskNewTokens is >= 1 and <= 8192, "task_new_tokens", $"is {e.TaskNewTokens}; take 1 to 8192");
        Require(e.BatchSize is >= 1 and <= 1024, "batch_size", $"is {e.BatchSize}; take 1 to 1024");
        Require(e.HarmlessLimit >= 1, "harmless_limit", $"is {e.HarmlessLimit}; take 1 or more");
        return faults;
    }
}
