using System.Globalization;
using AsFT.Data;
using AsFT.Experiments.Search;
using AsFT.Experiments.Specification;
using AsFT.Web.Runs;
using AsFT.Web.Runs.Setup;

namespace AsFT.Web.Sweeps;

/// <summary>
/// An attack on what a run left: plain fine-tuning goes on from it at rising learning rates and for more epochs, so that one sees
/// where it breaks.
/// </summary>
public static class AttackStart
{
    private const double Gentlest = 0.3, Strongest = 10, LargestRate = 10;
    private const string Harmful = "eval/harmful";

    /// <summary>Whether a run can be attacked here. BEA protects by a trigger before each prompt, which only its own evaluation sets.</summary>
    public static bool Fits(RunView run) => run.State == RunState.Completed && SpecificationText.FromJson(run.Specification.ToJsonString()) is { Task: RunTask.FineTuning, Bea: null };

    /// <summary>Whether its runs measure something by which one sees where it breaks.</summary>
    public static bool IsMeasured(RunView run) => Objective.Of(SpecificationText.FromJson(run.Specification.ToJsonString())).Count > 0;

    /// <summary>The run's own settings without its defences, going on from its result. Of each attack only the beginning and the end are measured, and none ends early.</summary>
    public static RunSpecification Specification(RunSpecification run, Guid id) => DefenceGroups.Undefended(run) with
    {
        Name = Start("Attack on " + run.Name, SweepRules.LongestName),
        Model = run.Model with { After = id.ToString() },
        Training = run.Training with { Patience = 0, Snapshots = false },
        Evaluation = run.Evaluation with { EveryEpochs = 0, EverySteps = 0 },
    };

    /// <summary>What is varied: five learning rates about the run's own, one and three epochs, and its data, beside which data with more poison are named where they are known, and can be added.</summary>
    public static void Fill(SweepDraft search, RunSpecification attack)
    {
        string Rate(double factor) => Math.Min(LargestRate, attack.Optimiser.LearningRate * factor).ToString("0.######e+0", CultureInfo.InvariantCulture);
        search.Rows.Clear();
        if (attack.Data.Train is [var only]) search.Rows.Add(new() { Setting = "data.train", Names = Rougher(only) });
        search.Rows.Add(new() { Setting = "training.epochs", Values = "1, 3" });
        search.Rows.Add(new() { Setting = "optimiser.learning_rate", Kind = DimensionKind.Log, Min = Rate(Gentlest), Max = Rate(Strongest) });
        (search.Name, search.Algorithm, search.Points, search.Objective, search.Direction) = (attack.Name, SearchAlgorithm.Grid, "100", Harmful, Direction.Highest);
    }

    /// <summary>The search that the form offers for an attack on a run, as one posts it.</summary>
    public static string Yaml(RunView run)
    {
        var (attack, search) = (Specification(SpecificationText.FromJson(run.Specification.ToJsonString()), run.Id), new SweepDraft());
        Fill(search, attack);
        return SpecificationText.ToYaml(search.Tree(new SpecificationDraft(attack)));
    }

    /// <summary>Of the lab's own data it is known which hold more poison.</summary>
    private static IReadOnlyList<string> Rougher(string data) => Pinned.Label(data) is Presets.LabClean or Presets.LabTrain ? [data, Presets.LabTrainMore] : [data];

    private static string Start(string text, int most) => text.Length <= most ? text : text[..most];
}
