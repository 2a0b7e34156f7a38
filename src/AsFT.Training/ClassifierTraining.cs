using AsFT.Experiments.Specification;
using AsFT.Training.Classification;
using AsFT.Training.Contrastive;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using AsFT.Training.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AsFT.Training;

/// <summary>
/// The training loop of a classifier: (1 − α)·BCE + α·CL over labelled texts, encoder and head with step sizes of their own. It yields
/// plain records and knows neither files nor events; whoever enumerates it may stop, evaluate or save between two steps.
/// </summary>
public sealed class ClassifierTraining : IResumable, IDisposable
{
    private const string EncoderFile = "weights.safetensors", AdapterFile = "adapter.safetensors", HeadFile = "head.safetensors";
    private const double PublishedEpsilon = 1e-6, Beta2 = 0.999;

    private readonly RunSpecification specification;
    private readonly int padId;
    private readonly ContrastiveLoss loss;

    public Classifier Model { get; }
    public IReadOnlyList<ClassifierRow> Rows { get; }
    public IReadOnlyList<Projection> Adapted { get; }
    public IReadOnlyList<Parameter> Trainable { get; }
    public BatchPlan Plan { get; }
    public OptimizerHelper Optimiser { get; }
    public int Step { get; set; }

    /// <param name="adapted">the modules with a low-rank update; empty: the whole encoder is trained</param>
    public ClassifierTraining(RunSpecification specification, Classifier model, IReadOnlyList<Projection> adapted, IReadOnlyList<ClassifierRow> rows, int padId)
    {
        (this.specification, Model, Adapted, Rows, this.padId) = (specification, model, adapted, rows, padId);
        var (t, o) = (specification.Training, specification.Optimiser);
        Parameter[] encoder = adapted.Count > 0 ? [.. LoraAdapter.Parameters(adapted)] : [.. model.Encoder.Where(w => !w.Key.StartsWith("pooler.", StringComparison.Ordinal)).Select(w => w.Value)];
        foreach (var weight in encoder) weight.requires_grad = true;
        Trainable = [.. encoder, .. model.Head.Values];
        Plan = new([.. rows.Select(r => r.Ids.Length)], t.BatchSize, t.Accumulation, t.Epochs, t.Seed, specification.Data.PublishedOrder, specification.Data.Batching == BatchingKind.Similar);
        (Parameter[], double)[] groups = [(encoder, o.LearningRate), ([.. model.Head.Values], specification.Classifier.HeadLearningRate)];
        Optimiser = o.Kind == OptimiserKind.Sgd
            ? optim.SGD(groups.Select(g => new SGD.ParamGroup(g.Item1, new SGD.Options { LearningRate = g.Item2, InitialLearningRate = g.Item2, weight_decay = o.WeightDecay })), o.LearningRate)
            : optim.AdamW(groups.Select(g => new AdamW.ParamGroup(g.Item1, new AdamW.Options { LearningRate = g.Item2, InitialLearningRate = g.Item2, beta1 = 0.9, beta2 = Beta2, eps = 1e-8, weight_decay = o.WeightDecay })));
        var l = specification.Loss;
        loss = new(l.Kind, l.Form, l.Alpha, l.Temperature) { PositiveWeights = l.ClassWeights == ClassWeights.Balanced ? LabelBalance.Weights(rows).to(model.Device).DetachFromDisposeScope() : null };
    }

    public IEnumerable<ClassifierStep> Run()
    {
        while (Step < Plan.Steps)
        {
            var share = Share();
            var losses = Update(share);
            Step++;
            yield return new(Step, (double)Step / Plan.StepsPerEpoch, losses, share * specification.Optimiser.LearningRate, share * specification.Classifier.HeadLearningRate);
        }
    }

    /// <summary>What the schedule leaves of the step sizes. The published warm-up counts from 0, so its first step changes nothing.</summary>
    private double Share()
    {
        var s = specification.Schedule;
        if (!specification.Classifier.Published) return LearningRate.At(Step, Plan.StepsPerEpoch, Plan.Steps, 1, s);
        var warmup = (int)(s.Warmup * Plan.Steps);
        return Step < warmup ? (double)Step / warmup : LearningRate.At(Step - warmup, Plan.StepsPerEpoch, Plan.Steps - warmup, 1, s with { Warmup = 0 });
    }

    /// <summary>One optimiser step. Only numbers leave the scope.</summary>
    private ClassifierLosses Update(double share)
    {
        using var scope = NewDisposeScope();
        foreach (var parameter in Trainable) parameter.grad = null;
        StepRandom.Begin(Model.Device, specification.Training.Seed, Step);
        var batches = Plan.Step(Step);
        Model.Training = true;
        var losses = batches.Select(rows => AddGradient(rows, batches.Count)).Aggregate((a, b) => a + b);
        Model.Training = false;
        if (!double.IsFinite(losses.Total)) throw new DivergedException(Step + 1, Cause(losses));

        GradientNorm.Clip(Trainable, specification.Optimiser.ClipNorm);
        foreach (var group in Optimiser.ParamGroups)
        {
            group.LearningRate = share * group.InitialLearningRate;
            if (specification.Classifier.Published && group is AdamW.ParamGroup { Options: AdamW.Options options }) options.eps = PublishedEpsilon / Math.Sqrt(1 - Math.Pow(Beta2, Step + 1)); // ε before the correction of v
        }
        Optimiser.step();
        return losses;
    }

    private ClassifierLosses AddGradient(int[] rows, int batches)
    {
        var batch = LabelledBatch.Of([.. rows.Select(r => Rows[r])], padId, Model.Device, specification.Data.PublishedPadding ? specification.Data.MaxLength : 0);
        var seen = Model.Forward(batch);
        var terms = loss.Of(new(seen.Sentences, seen.LabelTokens, seen.Logits, batch.Targets));
        (terms.Total / batches).backward();
        return new(terms.Bce.ToDouble() / batches, terms.Second?.ToDouble() / batches, terms.Total.ToDouble() / batches,
            Anchors.Count(loss.Kind, loss.Form, batch.Targets), Anchors.Undefined(loss.Kind, loss.Form, batch.Targets), batch.Tokens);
    }

    private string Cause(ClassifierLosses losses) => losses.RowsWithoutNumber > 0
        ? $"the published {specification.Loss.Kind.ToString().ToUpperInvariant()} is no number at step {Step + 1}: {losses.RowsWithoutNumber} of its texts {(specification.Loss.Kind == LossKind.Joint ? "have all labels" : "have no label")}. Take loss.form sound"
        : FormattableString.Invariant($"the loss is not finite at step {Step + 1} (BCE {losses.Bce}, other term {losses.Second}); lower the learning rate");

    public void WriteState(string directory)
    {
        if (Adapted.Count > 0) Write(AdapterFile, LoraAdapter.Named(Adapted));
        else Write(EncoderFile, Model.Encoder);
        Write(HeadFile, Model.Head);
        void Write(string name, IReadOnlyDictionary<string, Parameter> weights) => SafetensorsFile.Write(Path.Combine(directory, name), weights.ToDictionary(w => w.Key, w => (Tensor)w.Value));
    }

    public void ReadState(string directory)
    {
        if (Adapted.Count > 0) SafetensorsFile.ReadInto(Path.Combine(directory, AdapterFile), LoraAdapter.Named(Adapted));
        else SafetensorsFile.ReadInto(Path.Combine(directory, EncoderFile), Model.Encoder);
        SafetensorsFile.ReadInto(Path.Combine(directory, HeadFile), Model.Head);
    }

    public void Dispose()
    {
        Optimiser.Dispose();
        loss.PositiveWeights?.Dispose();
        foreach (var parameter in Trainable) parameter.grad = null;
    }
}
