using System.Diagnostics;
using System.Text.Json;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Training;
using AsFT.Training.Judging;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using AsFT.Training.Safety;
using static TorchSharp.torch;

namespace AsFT.Trainer;

/// <summary>One run: prepare, then train, evaluating and saving between steps.</summary>
internal sealed class TrainingRun(RunSpecification specification, Sources sources, string directory, EventLog log, CancellationToken stop)
{
    private const int ShownSamples = 12, ShownEigenvalues = 16, LargestSpectrum = 1024;

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Progress progress = new();

    public int Step { get; private set; }

    /// <summary>False if it was asked to stop before the end.</summary>
    public bool Execute()
    {
        manual_seed(specification.Training.Seed);
        using var prepared = Preparation.Make(specification, sources, directory, log, stop);
        var (model, training) = (prepared.Model, prepared.Training);
        if (CheckpointFile.Latest(directory) is { } checkpoint) CheckpointFile.Read(checkpoint, training);
        Step = training.Step;
        log.Write(new Started(SpecificationText.Hash(specification), model.Device.ToString(), training.Plan.Steps, training.Rows.Count,
            model.Weights.Values.Sum(w => w.numel()), training.Trainable.Sum(p => p.numel()), Step));
        try
        {
            Measure(prepared);
            foreach (var result in training.Run())
            {
                Step = result.Step;
                Report(result, training.Plan.Steps);
                if (Step < training.Plan.Steps) Measure(prepared);
                if (Step % specification.Training.CheckpointEvery == 0 && Step < training.Plan.Steps) Save(prepared);
                stop.ThrowIfCancellationRequested();
            }
            Save(prepared); // before what a defence does at the end, so that a resumed run does it once
            EndDefence.Apply(specification, model, prepared.Setup, sources, prepared.Rows, prepared.PadId, log, stop);
            Measure(prepared);
        }
        catch (OperationCanceledException)
        {
            if (Step < training.Plan.Steps) Save(prepared);
            Keep(prepared, "stopped");
            return false;
        }
        Keep(prepared, "completed");
        return true;
    }

    private void Measure(Preparation prepared)
    {
        if (!EvaluationDue(prepared.Training)) return;
        if (prepared.Setup.Direction is { } direction) log.Write(new Directions(Step, prepared.Setup.Adapted.Where(m => direction.Modules.ContainsKey(m.Name)).ToDictionary(m => m.Name, m => Lie(direction, m))));
        Evaluate(prepared);
    }

    /// <summary>The spectrum is told once: it does not change, and takes long for large matrices.</summary>
    private ModuleDirection Lie(AlignmentDirection direction, Projection module)
    {
        var (size, outside, cosine) = direction.Lie(module);
        var spectrum = Step > 0 || module.Weight.shape[0] > LargestSpectrum ? null : direction.Spectrum(module.Name).Take(ShownEigenvalues).ToArray();
        return new(size, outside, cosine, spectrum);
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
        var values = new Dictionary<string, double>();
        if (r.Losses.Task is { } task) (values["loss/task"], values["loss/penalty"], values["loss/total"]) = (task, r.Losses.Penalty, task + r.Losses.Penalty);
        if (r.Losses.Aside is { } aside) values[aside.Series] = aside.Value;
        (values["lr"], values["tokens_per_second"], values["memory/rss_bytes"]) = (r.LearningRate, r.Losses.Tokens / seconds, Environment.WorkingSet);
        log.Write(new Metrics(r.Step, r.Epoch, values));
        progress.Show(r, steps);
    }

    private void Save(Preparation prepared)
    {
        var path = CheckpointFile.Write(directory, prepared.Training, specification);
        log.Write(new Checkpoint(Step, path));
        progress.Lap();
    }

    private void Keep(Preparation prepared, string outcome)
    {
        if (prepared.Setup.Adapted.Count > 0) AdapterFile.Write(Path.Combine(directory, "adapter"), prepared.Setup.Adapted, specification.Lora, Pinned.Label(specification.Model.Aligned));
        if (specification.Lora.Rank == 0 || specification.Lox is not null || specification.Resta is not null)
            MergedModel.Write(Path.Combine(directory, "model"), sources.Model(specification.Model.Aligned, "model.aligned"), prepared.Model);
        log.Write(new Finished(outcome, Step, clock.Elapsed.TotalSeconds));
        progress.Say($"{outcome} after {Step} steps");
    }

    private static double Epoch(Preparation prepared) => (double)prepared.Training.Step / prepared.Training.Plan.StepsPerEpoch;
}
