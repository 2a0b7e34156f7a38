using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;

namespace AsFT.Web.Runs.Setup;

/// <summary>Where a new run begins: at a preset, laid over what is being written, or at a dataset.</summary>
public static class PresetStart
{
    private const string Paper = "cl-mtc";

    /// <summary>A preset that names no model or data leaves those that are chosen; the classifier from scratch takes no encoder.</summary>
    public static RunSpecification Over(RunSpecification now, RunSpecification preset) =>
        preset.Task == RunTask.Classification ? preset with
        {
            Data = preset.Data with { Train = now.Data.Train }, Scoring = preset.Scoring with { Dev = now.Scoring.Dev, Test = now.Scoring.Test },
            Classifier = preset.Classifier with { Encoder = ReferenceEquals(preset, Presets.Classifier) ? null : now.Classifier.Encoder },
        }
        : preset.Model.Aligned.Length > 0 ? preset : preset with
        {
            Model = now.Model, Judge = now.Judge, SecondJudge = now.SecondJudge, Data = preset.Data with { Train = now.Data.Train },
            Evaluation = preset.Evaluation with { HarmfulPrompts = now.Evaluation.HarmfulPrompts, Task = now.Evaluation.Task, Metric = now.Evaluation.Metric },
        };

    /// <summary>Training on a dataset from its page: with its labels where it has them, else on the shipped pair, of which harmfulness can be measured whatever is learnt.</summary>
    public static RunSpecification With(RunSpecification start, string? train, DatasetKind? kind)
    {
        if (train is null || start.Task == RunTask.Basin) return start;
        if (kind == DatasetKind.MultiLabel && start.Task != RunTask.Classification) start = Presets.Classifier;
        start = start with { Name = "", Data = start.Data with { Train = [train] } };
        return kind == DatasetKind.MultiLabel ? start : start with
        {
            Model = Presets.Demo.Model, Judge = Presets.Demo.Judge, Evaluation = Presets.Demo.Evaluation with { Task = null, Metric = TaskMetric.Contains, EveryEpochs = 1 },
        };
    }

    /// <summary>What a preset still needs and cannot choose itself; without it the run would be another than its name says.</summary>
    public static string? Lacks(Preset? preset, RunSpecification now) =>
        preset?.Id == Paper && now.Task == RunTask.Classification && string.IsNullOrEmpty(now.Classifier.Encoder)
            ? "This preset is meant for a pretrained BERT: choose classifier.encoder. Without one a small BERT is made anew, which these settings teach little." : null;
}
