using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Training;
using static TorchSharp.torch;

namespace AsFT.Trainer.Classifiers;

/// <summary>A run of classification in small: made ready as a whole one is, dev scored by some of its batches, and some steps of its plan.</summary>
internal sealed class ClassifierTrial(RunSpecification specification, Sources sources, string directory, EventLog log, CancellationToken stop)
{
    public RunTiming Measure()
    {
        Console.Error.WriteLine("loading model and data");
        manual_seed(specification.Training.Seed);
        using var prepared = ClassifierPreparation.Make(specification, sources, directory, log);
        var once = Sampled.SinceTheStart();
        Console.Error.WriteLine("scoring texts");
        var dev = Scoring(prepared, prepared.Dev);

        Console.Error.WriteLine("making steps");
        var (training, plan) = (prepared.Training, prepared.Training.Plan);
        var step = Sampled.Step(plan, number =>
        {
            training.Step = number;
            _ = training.Run().First();
            stop.ThrowIfCancellationRequested();
        });
        Console.Error.WriteLine("saving");
        var best = Sampled.Seconds(() => WholeFolder.Write(Path.Combine(directory, "best"), training.WriteState));
        once += (1 + (plan.Steps - 1) / specification.Training.CheckpointEvery) * Sampled.Seconds(() => CheckpointFile.Write(directory, training));
        return new(plan.Steps, step, dev + best, specification.Training.Epochs + 2, once + LookedAtOnce(prepared, dev), 0); // before the first epoch, after each, and of the best weights
    }

    /// <summary>Test, as long as dev takes text by text, and the maps before and after.</summary>
    private double LookedAtOnce(ClassifierPreparation prepared, double dev)
    {
        var text = dev / prepared.Dev.Texts.Count;
        return prepared.Test.Texts.Count * text + (specification.Scoring.Embeddings ? 2 * Map(prepared, Math.Min(ClassifierReport.MostMapped, prepared.Dev.Texts.Count) * text) : 0);
    }

    /// <summary>Made where it does not take long, because of its memory, which shows where the model is small.</summary>
    private double Map(ClassifierPreparation prepared, double expected) => expected > Sampled.TooLong ? expected
        : Sampled.Seconds(() => new ClassifierReport(specification, prepared, directory, log, stop).KeepMap(after: false));

    private double Scoring(ClassifierPreparation prepared, EncodedTexts texts)
    {
        var batches = Enumerable.Range(0, texts.Ids.Count).OrderBy(i => texts.Ids[i].Length).Chunk(ClassifierReport.ScoringBatch)
            .Select(b => new EncodedTexts(texts.Set, [.. b.Select(i => texts.Texts[i])], [.. b.Select(i => texts.Ids[i])])).ToList();
        void Score(int batch) => prepared.Probabilities(batches[batch], ClassifierReport.ScoringBatch, stop);
        Score(batches.Count - 1); // the longest texts take the most memory
        return Sampled.Batches(batches.Count, Score);
    }
}
