using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training.Models;
using AsFT.Training.Safety;
using AsFT.Training.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AsFT.Training;

/// <summary>
/// The training loop: cross-entropy over the answers, plus λ times a penalty, with gradients as a rule makes them. It yields plain records
/// and knows neither files nor events; whoever enumerates it may stop, evaluate or save between two steps.
/// </summary>
public sealed class FineTuning : IDisposable
{
    private readonly RunSpecification specification;
    private readonly int padId;

    public Decoder Model { get; }
    public Defending Defences { get; }
    public IReadOnlyList<TokenisedRow> Rows { get; }
    public IReadOnlyList<Parameter> Trainable { get; }
    public BatchPlan Plan { get; }
    public OptimizerHelper Optimiser { get; }

    /// <summary>Optimiser steps done.</summary>
    public int Step { get; set; }

    /// <summary>The batches of the step that is being made, as row numbers.</summary>
    public IReadOnlyList<int[]> Batches { get; private set; } = [];

    public FineTuning(RunSpecification specification, Decoder model, IEnumerable<Parameter> trainable, IReadOnlyList<TokenisedRow> rows, int padId, Defending defences)
    {
        (this.specification, Model, Rows, this.padId, Defences) = (specification, model, rows, padId, defences);
        Trainable = [.. trainable];
        var (t, o) = (specification.Training, specification.Optimiser);
        Plan = new(rows.Count, t.BatchSize, t.Accumulation, t.Epochs, t.Seed, specification.Data.PublishedOrder);
        Optimiser = o.Kind == OptimiserKind.Sgd
            ? (OptimizerHelper)optim.SGD(Trainable, o.LearningRate, weight_decay: o.WeightDecay)
            : optim.AdamW(Trainable, o.LearningRate, weight_decay: o.WeightDecay);
    }

    public IEnumerable<StepResult> Run()
    {
        while (Step < Plan.Steps)
        {
            var rate = LearningRate.At(Step, Plan.StepsPerEpoch, Plan.Steps, specification.Optimiser.LearningRate, specification.Schedule);
            var losses = Update(rate);
            Step++;
            yield return new(Step, (double)Step / Plan.StepsPerEpoch, losses, rate);
        }
    }

    /// <summary>One optimiser step. Only numbers leave the scope.</summary>
    private Losses Update(double rate)
    {
        using var scope = NewDisposeScope();
        foreach (var parameter in Trainable) parameter.grad = null;
        Batches = Plan.Step(Step);
        Model.Training = true;
        var losses = Defences.Rule.Fill(this);
        Model.Training = false;
        if (!losses.AreFinite) throw new DivergedException(Step + 1, losses);

        if (specification.Optimiser.ClipNorm > 0) nn.utils.clip_grad_norm_(Trainable, specification.Optimiser.ClipNorm);
        foreach (var group in Optimiser.ParamGroups) group.LearningRate = rate;
        Optimiser.step();
        return losses;
    }

    /// <summary>Adds the gradient of the step's task batches and of the penalty.</summary>
    public Losses AddTaskGradient() => Batches.Aggregate(new Losses(0, 0, 0), (sum, rows) => sum + AddTaskGradient(rows, Batches.Count));

    /// <summary>Adds one batch's share of it.</summary>
    public Losses AddTaskGradient(int[] rows, int batches)
    {
        var batch = BatchOf(rows);
        var task = TaskLoss(batch) / batches;
        var penalty = PenaltyTerm(batches);
        (penalty is null ? task : task + penalty).backward();
        return new(task.ToDouble(), penalty?.ToDouble() ?? 0, batch.Ids.Length);
    }

    /// <summary>Adds the gradient of the plain cross-entropy of rows that are not the task's, and returns that loss.</summary>
    public double AddGradient(IReadOnlyList<TokenisedRow> rows)
    {
        var loss = TokenLosses(Batch.Of(rows, padId)).mean();
        loss.backward();
        return loss.ToDouble();
    }

    public Batch BatchOf(int[] rows) => Batch.Of([.. rows.Select(n => Rows[n])], padId);

    /// <summary>Mean cross-entropy of the learnt ids, or their weighted mean where a defence weighs tokens.</summary>
    public Tensor TaskLoss(Batch batch) => Defences.Loss is { } weighing ? weighing.Weigh(batch, TokenLosses(batch)) : TokenLosses(batch).mean();

    /// <summary>Cross-entropy of each learnt id, in float32, (learnt).</summary>
    public Tensor TokenLosses(Batch batch)
    {
        var ids = tensor(batch.Ids, [batch.Rows, batch.Width], device: Model.Device);
        var hidden = Model.Hidden(ids).view(-1, Model.Config.HiddenSize).index_select(0, tensor(batch.Positions, device: Model.Device)); // (learnt, H)
        return nn.functional.cross_entropy(Model.Head(hidden).to(ScalarType.Float32), tensor(batch.Targets, device: Model.Device), reduction: nn.Reduction.None);
    }

    /// <summary>λ times the penalty, divided like the task loss over the batches of a step; the published code does not divide it.</summary>
    private Tensor? PenaltyTerm(int batches)
    {
        var method = specification.Method;
        return Defences.Penalty is null || method.Lambda == 0 ? null : Defences.Penalty.Value(Defences.Adapted) * (method.Lambda / (method.PublishedAccumulation ? 1 : batches));
    }

    public void Dispose()
    {
        Optimiser.Dispose();
        foreach (var parameter in Trainable) parameter.grad = null;
    }
}
