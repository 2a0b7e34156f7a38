using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training.Lora;
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
public sealed class FineTuning : IResumable, IDisposable
{
    private const string WeightsFile = "weights.safetensors", RuleFile = "rule.safetensors", ScaleFile = "scale.json";

    private readonly RunSpecification specification;
    private readonly int padId;
    private readonly IReadOnlyList<IReadOnlyList<TokenisedRow>> lines;

    public Decoder Model { get; }
    public Defending Defences { get; }
    public IReadOnlyList<TokenisedRow> Rows { get; }
    public IReadOnlyList<Parameter> Trainable { get; }
    public BatchPlan Plan { get; }
    public OptimizerHelper Optimiser { get; }
    public LossScale Scale { get; }

    /// <summary>Optimiser steps done.</summary>
    public int Step { get; set; }

    /// <summary>The batches of the step that is being made, as numbers of lines.</summary>
    public IReadOnlyList<int[]> Batches { get; private set; } = [];

    public FineTuning(RunSpecification specification, Decoder model, IEnumerable<Parameter> trainable, IReadOnlyList<TokenisedRow> rows, int padId, Defending defences)
    {
        (this.specification, Model, Rows, this.padId, Defences) = (specification, model, rows, padId, defences);
        Trainable = [.. trainable];
        var (t, o) = (specification.Training, specification.Optimiser);
        Scale = new(t.Precision == PrecisionKind.Float16);
        var d = specification.Data;
        lines = d.Batching == BatchingKind.Packed ? Packing.Of(rows, Math.Min(d.MaxLength, model.Config.MaxPositions)) : [.. rows.Select(r => (IReadOnlyList<TokenisedRow>)[r])];
        Plan = new([.. lines.Select(l => l.Sum(r => r.Ids.Length))], t.BatchSize, t.Accumulation, t.Epochs, t.Seed, d.PublishedOrder, d.Batching == BatchingKind.Similar);
        model.Recomputes = t.Recompute;
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
            yield return new(Step, (double)Step / Plan.StepsPerEpoch, losses, rate) { Scaling = Scale.IsUsed ? (Scale.Value, Scale.Skipped) : null };
        }
    }

    /// <summary>One optimiser step. Only numbers leave the scope.</summary>
    private Losses Update(double rate)
    {
        using var scope = NewDisposeScope();
        foreach (var parameter in Trainable) parameter.grad = null;
        StepRandom.Begin(Model.Device, specification.Training.Seed, Step);
        Batches = Plan.Step(Step);
        if (Fill() is not { } losses)
            return Scale.Lower() ? new(null, 0, 0) : throw Diverged("the gradient is not finite, however small the loss is made,");

        GradientNorm.Clip(Trainable, specification.Optimiser.ClipNorm);
        foreach (var group in Optimiser.ParamGroups) group.LearningRate = rate;
        Optimiser.step();
        Scale.Keep();
        return losses;
    }

    /// <summary>Makes the step's gradient; null where it overflowed.</summary>
    private Losses? Fill()
    {
        Model.Training = true;
        try
        {
            return Defences.Rule.Fill(this);
        }
        catch (GradientOverflowException)
        {
            return null;
        }
        finally
        {
            Model.Training = false;
        }
    }

    /// <summary>Adds the gradient of the step's task batches and of the penalty.</summary>
    public Losses AddTaskGradient() => Batches.Aggregate(new Losses(0, 0, 0), (sum, rows) => sum + AddTaskGradient(rows, Batches.Count));

    /// <summary>Adds one batch's share of it.</summary>
    public Losses AddTaskGradient(int[] rows, int batches)
    {
        var batch = BatchOf(rows);
        var task = TaskLoss(batch) / batches;
        var penalty = PenaltyTerm(batches);
        return Backward(penalty is null ? task : task + penalty.to(task.device), () => new(task.ToDouble(), penalty?.ToDouble() ?? 0, batch.Ids.Length));
    }

    /// <summary>Adds the gradient of the plain cross-entropy of rows that are not the task's, and returns that loss.</summary>
    public double AddGradient(IReadOnlyList<TokenisedRow> rows)
    {
        var loss = TokenLosses(Batch.Of(rows, padId)).mean();
        return Backward(loss, () => new(loss.ToDouble(), 0, 0)).Task!.Value;
    }

    /// <summary>The slopes of a loss along other tensors than the weights, times the loss scale.</summary>
    public IList<Tensor> ScaledSlopes(Tensor loss, IList<Tensor> along)
    {
        var slopes = autograd.grad([Scale.Of(loss)], along);
        return !Scale.IsUsed || LossScale.AreFinite(slopes) ? slopes : throw new GradientOverflowException();
    }

    /// <summary>Adds the gradient of a loss; the numbers are read after it, so that a GPU need not wait in between.</summary>
    private Losses Backward(Tensor loss, Func<Losses> read)
    {
        var isFinite = Scale.Backward(loss, Trainable, Model.FinishBackward);
        var losses = read();
        if (!losses.AreFinite) throw Diverged(FormattableString.Invariant($"the loss is not finite (task {losses.Task}, penalty {losses.Penalty})"));
        return isFinite ? losses : throw new GradientOverflowException();
    }

    private DivergedException Diverged(string found) => new(Step + 1, found, Scale.IsUsed);

    public Batch BatchOf(int[] numbers) => Batch.Of([.. numbers.Select(n => lines[n])], padId, specification.Data.PublishedPadding ? specification.Data.MaxLength : 0);

    /// <summary>Mean cross-entropy of the learnt ids, or their weighted mean where a defence weighs tokens.</summary>
    public Tensor TaskLoss(Batch batch) => Defences.Loss is { } weighing ? weighing.Weigh(batch, TokenLosses(batch)) : TokenLosses(batch).mean();

    /// <summary>Cross-entropy of each learnt id, in float32, (learnt).</summary>
    public Tensor TokenLosses(Batch batch)
    {
        Tensor Grid(long[] values) => tensor(values, [batch.Lines, batch.Width], device: Model.Device);
        var (places, visible) = batch.Packing is var (p, r) ? (Grid(p), Attendance.Packed(Grid(r))) : (null, (Tensor?)null);
        var hidden = Model.Hidden(Grid(batch.Ids), places, visible).view(-1, Model.Config.HiddenSize).index_select(0, tensor(batch.Positions, device: Model.HeadDevice)); // (learnt, H)
        return nn.functional.cross_entropy(Model.Head(hidden).to(ScalarType.Float32), tensor(batch.Targets, device: Model.HeadDevice), reduction: nn.Reduction.None);
    }

    /// <summary>λ times the penalty, divided like the task loss over the batches of a step; the published code does not divide it.</summary>
    private Tensor? PenaltyTerm(int batches)
    {
        var method = specification.Method;
        return Defences.Penalty is null || method.Lambda == 0 ? null : Defences.Penalty.Value(Defences.Adapted) * (method.Lambda / (method.PublishedAccumulation ? 1 : batches));
    }

    public void WriteState(string directory)
    {
        if (Defences.Adapted.Count > 0) AdapterFile.Write(directory, Defences.Adapted, specification.Lora, Pinned.Label(specification.Model.Aligned));
        else SafetensorsFile.Write(Path.Combine(directory, WeightsFile), Model.Weights.ToDictionary(w => w.Key, w => (Tensor)w.Value));
        SafetensorsFile.Write(Path.Combine(directory, RuleFile), Defences.Rule.State);
        Scale.Write(Path.Combine(directory, ScaleFile));
    }

    public void ReadState(string directory)
    {
        if (Defences.Adapted.Count > 0) AdapterFile.Read(directory, Defences.Adapted);
        else SafetensorsFile.ReadInto(Path.Combine(directory, WeightsFile), Model.Weights);
        Defences.Rule.Restore(this, SafetensorsFile.Read(Path.Combine(directory, RuleFile)));
        Scale.Read(Path.Combine(directory, ScaleFile));
    }

    public void Dispose()
    {
        Optimiser.Dispose();
        foreach (var parameter in Trainable) parameter.grad = null;
    }
}
