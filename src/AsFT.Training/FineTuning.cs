using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training.Models;
using AsFT.Training.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AsFT.Training;

/// <summary>What one optimiser step did. Penalty is λ times its value; Task never includes it.</summary>
public sealed record StepResult(int Step, double Epoch, double Task, double Penalty, double LearningRate, int Tokens);

/// <summary>The loss of a step is not a finite number.</summary>
public sealed class DivergedException(int step, double task, double penalty)
    : Exception(FormattableString.Invariant($"the loss is not finite at step {step} (task {task}, penalty {penalty}); lower the learning rate or λ"))
{
    public int Step { get; } = step;
}

/// <summary>
/// The training loop: cross-entropy over the answers, plus λ times a penalty. It yields plain records and knows neither
/// files nor events; whoever enumerates it may stop, evaluate or save between two steps.
/// </summary>
public sealed class FineTuning : IDisposable
{
    private readonly RunSpecification specification;
    private readonly Decoder model;
    private readonly IReadOnlyList<TokenisedRow> rows;
    private readonly Parameter[] trainable;
    private readonly Func<Tensor>? penalty;
    private readonly int padId;

    public BatchPlan Plan { get; }
    public OptimizerHelper Optimiser { get; }

    /// <summary>Optimiser steps done.</summary>
    public int Step { get; set; }

    public FineTuning(RunSpecification specification, Decoder model, IEnumerable<Parameter> trainable, IReadOnlyList<TokenisedRow> rows, int padId, Func<Tensor>? penalty)
    {
        (this.specification, this.model, this.rows, this.padId, this.penalty) = (specification, model, rows, padId, penalty);
        this.trainable = [.. trainable];
        var (t, o) = (specification.Training, specification.Optimiser);
        Plan = new(rows.Count, t.BatchSize, t.Accumulation, t.Epochs, t.Seed, specification.Data.PublishedOrder);
        Optimiser = o.Kind == OptimiserKind.Sgd
            ? (OptimizerHelper)optim.SGD(this.trainable, o.LearningRate, weight_decay: o.WeightDecay)
            : optim.AdamW(this.trainable, o.LearningRate, weight_decay: o.WeightDecay);
    }

    public IEnumerable<StepResult> Run()
    {
        while (Step < Plan.Steps)
        {
            var rate = LearningRate.At(Step, Plan.StepsPerEpoch, Plan.Steps, specification.Optimiser.LearningRate, specification.Schedule);
            var (task, held, tokens) = Update(Plan.Step(Step), rate);
            Step++;
            yield return new(Step, (double)Step / Plan.StepsPerEpoch, task, held, rate, tokens);
        }
    }

    /// <summary>One optimiser step over its batches. Only numbers leave the scope.</summary>
    private (double Task, double Penalty, int Tokens) Update(IReadOnlyList<int[]> batches, double rate)
    {
        using var scope = NewDisposeScope();
        foreach (var parameter in trainable) parameter.grad = null;
        model.Training = true;
        double task = 0, held = 0;
        var tokens = 0;
        foreach (var numbers in batches)
        {
            var batch = Batch.Of([.. numbers.Select(n => rows[n])], padId);
            var loss = TaskLoss(batch) / batches.Count;
            var term = PenaltyTerm(batches.Count);
            (term is null ? loss : loss + term).backward();
            (task, held, tokens) = (task + loss.ToDouble(), held + (term?.ToDouble() ?? 0), tokens + batch.Ids.Length);
        }
        model.Training = false;
        if (!double.IsFinite(task + held)) throw new DivergedException(Step + 1, task, held);

        if (specification.Optimiser.ClipNorm > 0) nn.utils.clip_grad_norm_(trainable, specification.Optimiser.ClipNorm);
        foreach (var group in Optimiser.ParamGroups) group.LearningRate = rate;
        Optimiser.step();
        return (task, held, tokens);
    }

    /// <summary>λ times the penalty, divided like the task loss over the batches of a step; the published code does not divide it.</summary>
    private Tensor? PenaltyTerm(int batches)
    {
        var method = specification.Method;
        return penalty is null || method.Lambda == 0 ? null : penalty() * (method.Lambda / (method.PublishedAccumulation ? 1 : batches));
    }

    /// <summary>Mean cross-entropy of the learnt ids, in float32.</summary>
    private Tensor TaskLoss(Batch batch)
    {
        var ids = tensor(batch.Ids, [batch.Rows, batch.Width], device: model.Device);
        var hidden = model.Hidden(ids).view(-1, model.Config.HiddenSize).index_select(0, tensor(batch.Positions, device: model.Device)); // (learnt, H)
        return nn.functional.cross_entropy(model.Head(hidden).to(ScalarType.Float32), tensor(batch.Targets, device: model.Device));
    }

    public void Dispose()
    {
        Optimiser.Dispose();
        foreach (var parameter in trainable) parameter.grad = null;
    }
}
