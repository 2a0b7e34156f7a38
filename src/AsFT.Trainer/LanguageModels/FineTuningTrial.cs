using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Training;
using static TorchSharp.torch;

namespace AsFT.Trainer.LanguageModels;

/// <summary>A run of fine-tuning in small: made ready as a whole one is, an evaluation by some of its batches, some steps of its plan, and its end.</summary>
internal sealed class FineTuningTrial(RunSpecification specification, Sources sources, string directory, EventLog log, CancellationToken stop)
{
    public RunTiming Measure()
    {
        Console.Error.WriteLine("loading model and data");
        manual_seed(specification.Training.Seed);
        using var prepared = Preparation.Make(specification, sources, directory, log, stop);
        var once = Sampled.SinceTheStart() + Sampled.Seconds(() => prepared.Setup.Lie(withSpectrum: true));
        var evaluation = Evaluation(prepared);

        Console.Error.WriteLine("making steps");
        var (training, plan) = (prepared.Training, prepared.Training.Plan);
        var step = Sampled.Step(plan, number =>
        {
            training.Step = number;
            _ = training.Run().First();
            stop.ThrowIfCancellationRequested();
        });
        var evaluations = prepared.Evaluator is null ? 0 : specification.Evaluation.Count(plan.Steps, plan.StepsPerEpoch);
        return new(plan.Steps, step, evaluation, evaluations, once + Saving(training) + End(prepared), 0);
    }

    private double Evaluation(Preparation prepared)
    {
        if (prepared.Evaluator is null) return 0;
        Console.Error.WriteLine("answering questions");
        var seconds = Sampled.Seconds(() => prepared.Setup.Lie(withSpectrum: false));
        foreach (var set in prepared.Evaluator.InBatches())
        {
            set[^1].Evaluate(prepared.Model, stop); // the longest prompts take the most memory, and what is first takes longer than it will
            seconds += Sampled.Batches(set.Count, batch => set[batch].Evaluate(prepared.Model, stop));
        }
        return seconds;
    }

    /// <summary>All checkpoints, by one.</summary>
    private double Saving(FineTuning training)
    {
        Console.Error.WriteLine("saving");
        var seconds = Sampled.Seconds(() => CheckpointFile.Write(directory, training));
        Directory.Delete(Path.Combine(directory, CheckpointFile.Folder), recursive: true); // room for what is kept at the end
        return seconds * (1 + (training.Plan.Steps - 1) / specification.Training.CheckpointEvery);
    }

    private double End(Preparation prepared) => Sampled.Seconds(() =>
    {
        EndDefence.Apply(specification, prepared.Model, prepared.Setup, sources, prepared.Rows, prepared.PadId, log, stop);
        prepared.Keep(specification, sources, directory);
    });
}
