using System.Diagnostics;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Training;
using AsFT.Training.Classification;
using static TorchSharp.torch;

namespace AsFT.Trainer.Classifiers;

/// <summary>One run of classification: prepare, then train, scoring on dev after each epoch; the best epoch is tested once at the end.</summary>
internal sealed class ClassifierRun(RunSpecification specification, Sources sources, string directory, EventLog log, Progress progress, CancellationToken stop) : IRun
{
    private const string Alone = "anchors_alone";

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private bool warned;
    private int saved = -1; // the step of the checkpoint that is there
    private readonly Dictionary<int, IReadOnlyDictionary<string, double>> measured = EventLog.Read(Path.Combine(directory, "events.jsonl")).OfType<Evaluation>().DistinctBy(e => e.Step).ToDictionary(e => e.Step, e => e.Values);

    private string Best => Path.Combine(directory, "best");

    public int Step { get; private set; }

    public bool Execute()
    {
        manual_seed(specification.Training.Seed);
        using var prepared = ClassifierPreparation.Make(specification, sources, directory, log);
        var (training, report) = (prepared.Training, new ClassifierReport(specification, prepared, directory, log, stop));
        saved = CheckpointFile.ReadLatest(directory, training);
        Step = training.Step;
        var best = new BestSoFar(specification);
        foreach (var (step, values) in measured.Where(m => m.Key < Step).OrderBy(m => m.Key)) best.Take(step, values);
        log.Write(new Started(SpecificationText.Hash(specification), prepared.Model.Device.ToString(), training.Plan.Steps, training.Rows.Count,
            prepared.Model.Encoder.Values.Concat(prepared.Model.Head.Values).Sum(w => w.numel()), training.Trainable.Sum(p => p.numel()), Step));
        try
        {
            Train(report, training, best);
            Save(training); // before the best weights are put back: a resumed run starts from these
            SumUpConstants();
            if (best.IsExhausted) log.Write(new Log("info", $"ended early: {specification.Training.Patience} evaluations brought nothing better than step {best.Step}"));
            if (Directory.Exists(Best)) training.ReadState(Best);
            log.Write(new Log("info", $"kept: the weights after step {best.Step}, the best macro F1 on dev"));
            report.Finish(Step);
        }
        catch (OperationCanceledException)
        {
            KeepWhatThereIs(report, training);
            return End("stopped");
        }
        return End("completed");
    }

    private void Train(ClassifierReport report, ClassifierTraining training, BestSoFar best)
    {
        if (Step == 0) report.KeepMap(after: false);
        Measure(report, training, best);
        foreach (var result in best.IsExhausted ? [] : training.Run()) // a run that had ended early goes on with its end
        {
            Step = result.Step;
            Report(result, training.Plan.Steps);
            Measure(report, training, best);
            if (best.IsExhausted) break;
            if (Step % specification.Training.CheckpointEvery == 0 && Step < training.Plan.Steps) Save(training);
            stop.ThrowIfCancellationRequested();
        }
    }

    /// <summary>On a stop: a checkpoint to go on from, and the best weights so far as a classifier.</summary>
    private void KeepWhatThereIs(ClassifierReport report, ClassifierTraining training)
    {
        Save(training);
        if (!Directory.Exists(Best)) return;
        training.ReadState(Best);
        report.Keep();
        log.Write(new Log("info", "kept: the best weights on dev so far, with the thresholds as they are set"));
    }

    /// <summary>Before the first step and after each epoch. What an earlier start measured stands in the file and is not measured again.</summary>
    private void Measure(ClassifierReport report, ClassifierTraining training, BestSoFar best)
    {
        if (Step % training.Plan.StepsPerEpoch != 0) return;
        if (measured.TryGetValue(Step, out var values))
        {
            best.Take(Step, values);
            return;
        }
        var (scores, protocol) = report.OnDev();
        if (best.Take(Step, scores)) WholeFolder.Write(Best, training.WriteState);
        log.Write(new Evaluation(Step, (double)Step / training.Plan.StepsPerEpoch, scores, protocol)); // last: it marks the evaluation as done
        progress.Say(FormattableString.Invariant($"dev at step {Step}: macro F1 {scores["eval/f1_macro"]:0.0000}  micro F1 {scores["eval/f1_micro"]:0.0000}  Jaccard {scores["eval/jaccard"]:0.0000}"));
    }

    /// <summary>Where a published loss meets an anchor without a partner for the first time: of it only a constant is left.</summary>
    private void WarnOfConstants(ClassifierStep r)
    {
        if (warned || specification.Loss.Form != LossForm.Published || r.Losses.Anchors is not { } anchors || anchors.Paired == anchors.All) return;
        warned = true;
        log.Write(new Log("warning", $"at step {r.Step}, {anchors.All - anchors.Paired} of {anchors.All} {Anchor} have no partner in their batch: what the published {specification.Loss.Kind.ToString().ToUpperInvariant()} says of them is a constant and teaches nothing. Told once; anchors_alone counts them step by step. Take a larger training.batch_size, or loss.form sound"));
    }

    /// <summary>The same over all steps, from the file, which holds all starts of the run.</summary>
    private void SumUpConstants()
    {
        var steps = EventLog.Read(Path.Combine(directory, "events.jsonl")).OfType<Metrics>().Where(m => m.Values.ContainsKey(Alone)).ToList();
        if (steps.Sum(m => m.Values[Alone]) is > 0 and var alone)
            log.Write(new Log("warning", $"over all {steps.Count} steps {alone:0} {Anchor} had no partner in their batch: for these the published {specification.Loss.Kind.ToString().ToUpperInvariant()} is a constant and teaches nothing. In {steps.Count(m => m.Values["anchors_with_positive"] == 0)} steps none had one"));
    }

    private string Anchor => specification.Loss.Kind is LossKind.Slcl or LossKind.Icl ? "labels of texts" : "texts";

    private void Report(ClassifierStep r, int steps)
    {
        var seconds = progress.Lap();
        var values = new Dictionary<string, double> { ["loss/bce"] = r.Losses.Bce };
        if (r.Losses.Second is { } second) values[$"loss/{(specification.Loss.Kind.IsContrastive() ? "contrastive" : "correlation")}"] = second;
        if (r.Losses.Anchors is { } anchors)
        {
            values["anchors_with_positive"] = (double)anchors.Paired / Math.Max(1, anchors.All);
            if (specification.Loss.Form == LossForm.Published) values[Alone] = anchors.All - anchors.Paired;
        }
        (values["loss/total"], values["lr"], values["lr_head"], values["tokens_per_second"], values["memory/rss_bytes"]) = (r.Losses.Total, r.LearningRate, r.HeadLearningRate, r.Losses.Tokens / seconds, Environment.WorkingSet);
        log.Write(new Metrics(r.Step, r.Epoch, values));
        WarnOfConstants(r);
        progress.Show(r.Step, steps, $"epoch {r.Epoch:0.00}  BCE {r.Losses.Bce:0.0000}  {specification.Loss.Kind.ToString().ToLowerInvariant()} {r.Losses.Second ?? 0:0.0000}  lr {r.LearningRate:0.###e+0}");
    }

    /// <summary>Once a step: after the last one the best weights are put back, and a checkpoint must not hold those.</summary>
    private void Save(ClassifierTraining training)
    {
        if (saved == Step) return;
        log.Write(new Checkpoint(Step, CheckpointFile.Write(directory, training)));
        saved = Step;
        progress.Lap();
    }

    private bool End(string outcome)
    {
        log.Write(new Finished(outcome, Step, clock.Elapsed.TotalSeconds));
        progress.Say($"{outcome} after {Step} steps");
        return outcome == "completed";
    }
}
