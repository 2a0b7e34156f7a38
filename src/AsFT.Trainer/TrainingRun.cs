using System.Diagnostics;
using System.Text.Json;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Training;
using AsFT.Training.Judging;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using static TorchSharp.torch;

namespace AsFT.Trainer;

/// <summary>One run: prepare, then train, evaluating and saving between steps.</summary>
internal sealed class TrainingRun(RunSpecification specification, Sources sources, string directory, EventLog log, CancellationToken stop)
{
    private const int ShownSamples = 12;

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Progress progress = new();

    public int Step { get; private set; }

    /// <summary>False if it was asked to stop before the end.</summary>
    public bool Execute()
    {
        manual_seed(specification.Training.Seed);
        using var prepared = Preparation.Make(specification, sources, directory, log);
        var (model, training) = (prepared.Model, prepared.Training);
        if (CheckpointFile.Latest(directory) is { } checkpoint) CheckpointFile.Read(checkpoint, training, prepared.Adapted);
        Step = training.Step;
        log.Write(new Started(SpecificationText.Hash(specification), model.Device.ToString(), training.Plan.Steps, prepared.Rows,
            model.Weights.Values.Sum(w => w.numel()), LoraAdapter.Parameters(prepared.Adapted).Sum(p => p.numel()), Step));
        try
        {
            if (EvaluationDue(training)) Evaluate(prepared);
            foreach (var result in training.Run())
            {
                Step = result.Step;
                Report(result, training.Plan.Steps);
                if (EvaluationDue(training)) Evaluate(prepared);
                if (Step % specification.Training.CheckpointEvery == 0 && Step < training.Plan.Steps) Save(prepared);
                stop.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            Keep(prepared, "stopped");
            return false;
        }
        Keep(prepared, "completed");
        return true;
    }

    /// <summary>Before the first step, after the last, and every so many epochs; once each, also across a resume.</summary>
    private bool EvaluationDue(FineTuning training)
    {
        var every = specification.Evaluation.EveryEpochs * training.Plan.StepsPerEpoch;
        var due = Step == 0 || Step == training.Plan.Steps || every > 0 && Step % every == 0;
        return due && !log.HasEvaluation(Step);
    }

    private void Evaluate(Preparation prepared)
    {
        if (prepared.Evaluator is null) return;
        progress.Say($"evaluating at step {Step}");
        var scores = prepared.Evaluator.Evaluate(prepared.Model, stop);
        var folder = Directory.CreateDirectory(Path.Combine(directory, "answers")).FullName;
        File.WriteAllLines(Path.Combine(folder, $"step-{Step:D6}.jsonl"), scores.Answers.Select(a => JsonSerializer.Serialize(a, SpecificationText.Json)));
        foreach (var answer in scores.Answers.GroupBy(a => a.Set).SelectMany(set => set.OrderByDescending(a => a.Disputed).Take(ShownSamples)))
            log.Write(new Sample(Step, answer.Set, answer.Prompt, answer.Answer, answer.Verdict, answer.Expected) { Note = answer.Note, SecondVerdict = answer.SecondVerdict, SecondNote = answer.SecondNote });
        log.Write(new Evaluation(Step, Epoch(prepared), scores.Values, scores.Protocol)); // last: it marks the evaluation as done
        progress.Say(string.Join("  ", scores.Values.Select(v => FormattableString.Invariant($"{v.Key} {v.Value:0.###}"))));
    }

    private void Report(StepResult r, int steps)
    {
        var seconds = progress.Lap();
        log.Write(new Metrics(r.Step, r.Epoch, new Dictionary<string, double>
        {
            ["loss/task"] = r.Task, ["loss/penalty"] = r.Penalty, ["loss/total"] = r.Task + r.Penalty, ["lr"] = r.LearningRate,
            ["tokens_per_second"] = r.Tokens / seconds, ["memory/rss_bytes"] = Environment.WorkingSet,
        }));
        progress.Show(r, steps);
    }

    private void Save(Preparation prepared)
    {
        var path = CheckpointFile.Write(directory, prepared.Training, prepared.Adapted, specification);
        log.Write(new Checkpoint(Step, path));
        progress.Lap();
    }

    private void Keep(Preparation prepared, string outcome)
    {
        Save(prepared);
        AdapterFile.Write(Path.Combine(directory, "adapter"), prepared.Adapted, specification.Lora, Pinned.Label(specification.Model.Aligned));
        log.Write(new Finished(outcome, Step, clock.Elapsed.TotalSeconds));
        progress.Say($"{outcome} after {Step} steps");
    }

    private static double Epoch(Preparation prepared) => (double)prepared.Training.Step / prepared.Training.Plan.StepsPerEpoch;
}
