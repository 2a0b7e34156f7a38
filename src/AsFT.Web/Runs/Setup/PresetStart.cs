using AsFT.Experiments.Specification;

namespace AsFT.Web.Runs.Setup;

/// <summary>Lays a preset over what is being written.</summary>
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

    /// <summary>What a preset still needs and cannot choose itself; without it the run would be another than its name says.</summary>
    public static string? Lacks(Preset? preset, RunSpecification now) =>
        preset?.Id == Paper && now.Task == RunTask.Classification && string.IsNullOrEmpty(now.Classifier.Encoder)
            ? "This preset is meant for a pretrained BERT: choose classifier.encoder. Without one a small BERT is made anew, which these settings teach little." : null;
}
