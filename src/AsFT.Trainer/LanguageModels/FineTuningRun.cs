using System.Diagnostics;
using System.Text.Json;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Training;
using static TorchSharp.torch;

namespace AsFT.Trainer.LanguageModels;

/// <summary>One run of fine-tuning: prepare, then train, evaluating and saving between steps.</summary>
internal sealed class FineTuningRun(RunSpecification specification, Sources sources, string directory, EventLog log, Progress progress, CancellationToken stop) : IRun
{
    private const int ShownSamples = 12;

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private int saved = -1; // the step of the checkpoint that is there
    private readonly Dictionary<int, IReadOnlyDictionary<string, double>> measured = EventLog.Read(Path.Combine(directory, "events.jsonl")).OfType<Evaluation>().ToDictionary(e => e.Step, e => e.Values);

    public int Step { get; private set; }

    public bool Execute()
    {
        manual_seed(specification.Training.Seed);
        using var prepared = Preparation.Make(specification, sources, directory, log, stop);
        var (model, training) = (prepared.Model, prepared.Training);
        saved = CheckpointFile.ReadLatest(directory, training);
        Step = training.Step;
        var best = new BestSoFar(specification);
        foreach (var (step, values) in measured.Where(m => m.Key < Step).OrderBy(m => m.Key)) best.Take(step, values); // those after it come again, at their steps
        log.Write(new Started(SpecificationText.Hash(specification), string.Join(", ", model.LayerDevices.Select(d => d.ToString()).Distinct()), training.Plan.Steps, training.Rows.Count,
            model.Weights.Values.Sum(w => w.numel()), training.Trainable.Sum(p => p.numel()), Step));
        try
        {
            if (Step < training.Plan.Steps) Measure(prepared, best); // the last is measured after what a defence does at the end
            foreach (var result in best.IsExhausted ? [] : training.Run()) // a run that had ended early goes on with its end
            {
                Step = result.Step;
                Report(result, training.Plan.Steps);
                if (Step < training.Plan.Steps) Measure(prepared, best);
                if (best.IsExhausted) break;
                if (Step % specification.Training.CheckpointEvery == 0 && Step < training.Plan.Steps) Save(prepared);
                stop.ThrowIfCancellationRequested();
            }
            if (training.Scale.Skipped > 0) log.Write(new Log("warning", $"{training.Scale.Skipped} of {Step} steps were left out because their gradient overflowed float16"));
            Save(prepared); // before what a defence does at the end: a resumed run does that anew
            EndDefence.Apply(specification, model, prepared.Setup, sources, prepared.Rows, prepared.PadId, log, stop);
            if (best.IsExhausted) log.Write(new Log("info", $"ended early: {specification.Training.Patience} evaluations brought nothing better than step {best.Step}"));
            else Measure(prepared, best);
        }
        catch (OperationCanceledException)
        {
            Save(prepared);
            Keep(prepared, "stopped");
            return false;
        }
        Keep(prepared, "completed");
        return true;
    }

    /// <summary>Before the first step, after the last, and every so many epochs or steps. What an earlier start measured stands in the file and is not measured again.</summary>
    private void Measure(Preparation prepared, BestSoFar best)
    {
        var plan = prepared.Training.Plan;
        var every = specification.Evaluation.Every(plan.StepsPerEpoch);
        if (Step != 0 && Step != plan.Steps && (every == 0 || Step % every != 0)) return;
        if (specification.Training.Snapshots) WholeFolder.Write(Path.Combine(directory, "snapshots", $"step-{Step:D6}"), folder => prepared.KeepAdapter(specification, folder));
        if (measured.TryGetValue(Step, out var values))
        {
            best.Take(Step, values);
            return;
        }
        if (prepared.Setup.Lie(withSpectrum: Step == 0) is { } lie) log.Write(new Directions(Step, lie));
        Evaluate(prepared, best);
    }

    private void Evaluate(Preparation prepared, BestSoFar best)
    {
        if (prepared.Evaluator is null) return;
        progress.Say($"evaluating at step {Step}");
        var scores = prepared.Evaluator.Evaluate(prepared.Model, stop);
        var folder = Directory.CreateDirectory(Path.Combine(directory, "answers")).FullName;
        File.WriteAllLines(Path.Combine(folder, $"step-{Step:D6}.jsonl"), scores.Answers.Select(a => JsonSerializer.Serialize(a, SpecificationText.Json)));
        foreach (var answer in scores.Answers.GroupBy(a => a.Set).SelectMany(set => set.OrderByDescending(a => a.Disputed).Take(ShownSamples)))
            log.Write(new Sample(Step, answer.Set, answer.Prompt, answer.Answer, answer.Verdict, answer.Expected) { Note = answer.Note, SecondVerdict = answer.SecondVerdict, SecondNote = answer.SecondNote });
        if (best.Take(Step, scores.Values)) KeepBest(prepared);
        log.Write(new Evaluation(Step, Epoch(prepared), scores.Values, scores.Protocol)); // last: it marks the evaluation as done
        progress.Say(string.Join("  ", scores.Values.Select(v => FormattableString.Invariant($"{v.Key} {v.Value:0.###}"))));
    }

    private void Report(StepResult r, int steps)
    {
        var seconds = progress.Lap();
        var values = new Dictionary<string, double>();
        if (r.Losses.Task is { } task) (values["loss/task"], values["loss/penalty"], values["loss/total"]) = (task, r.Losses.Penalty, task + r.Losses.Penalty);
        if (r.Losses.Aside is { } aside) values[aside.Series] = aside.Value;
        if (r.Scaling is var (scale, skipped)) (values["loss_scale"], values["skipped_steps"]) = (scale, skipped);
        (values["lr"], values["tokens_per_second"], values["memory/rss_bytes"]) = (r.LearningRate, r.Losses.Tokens / seconds, Environment.WorkingSet);
        log.Write(new Metrics(r.Step, r.Epoch, values));
        progress.Show(r, steps);
    }

    /// <summary>Once a step: a checkpoint must not hold what a defence does at the end.</summary>
    private void Save(Preparation prepared)
    {
        if (saved == Step) return;
        log.Write(new Checkpoint(Step, CheckpointFile.Write(directory, prepared.Training)));
        saved = Step;
        progress.Lap();
    }

    private void Keep(Preparation prepared, string outcome)
    {
        prepared.Keep(specification, sources, directory);
        if (specification.Lora.Rank > 0 && (specification.Lox is not null || specification.Resta is not null))
            log.Write(new Log("warning", "the defence changed the weights below the adapter: on the original model the adapter alone gives another model than the one that was measured; the run's folder 'model' holds that one whole"));
        log.Write(new Finished(outcome, Step, clock.Elapsed.TotalSeconds));
        progress.Say($"{outcome} after {Step} steps");
    }

    /// <summary>The adapter, or all weights where all are trained. Where the last is the best, the run's result holds it, and no other is needed.</summary>
    private void KeepBest(Preparation prepared)
    {
        var folder = Path.Combine(directory, "best");
        if (Step < prepared.Training.Plan.Steps) WholeFolder.Write(folder, f => prepared.KeepTrained(specification, sources, f));
        else if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private static double Epoch(Preparation prepared) => (double)prepared.Training.Step / prepared.Training.Plan.StepsPerEpoch;
}
