using System.ComponentModel;

namespace AsFT.Experiments.Specification;

/// <summary>
/// Everything that decides what a run computes. One record tree for the form, YAML, the HTTP interface and the
/// command line; the descriptions are shown beside each setting. Defaults are those of the AsFT paper; for classification, of CL-MTC.
/// </summary>
public sealed record RunSpecification
{
    [Description("What the run is called in lists and charts. Not part of the hash.")]
    public string Name { get; init; } = "";

    [Description("fine_tuning: a language model learns to answer. classification: a classifier learns to give labels to texts. basin: nothing is learnt; how safe a model is in its surroundings is measured.")]
    public RunTask Task { get; init; }

    [OnlyFor(RunTask.FineTuning, RunTask.Basin)] public ModelOptions Model { get; init; } = new();
    [OnlyFor(RunTask.Basin)] public BasinOptions Basin { get; init; } = new();
    [OnlyFor(RunTask.Classification)] public ClassifierOptions Classifier { get; init; } = new();
    public DataOptions Data { get; init; } = new();
    [OnlyFor(RunTask.FineTuning)] public MethodOptions Method { get; init; } = new();
    [OnlyFor(RunTask.Classification)] public LossOptions Loss { get; init; } = new();
    [OnlyFor(RunTask.FineTuning, RunTask.Classification)] public LoraOptions Lora { get; init; } = new();
    [OnlyFor(RunTask.FineTuning, RunTask.Classification)] public OptimiserOptions Optimiser { get; init; } = new();
    [OnlyFor(RunTask.FineTuning, RunTask.Classification)] public ScheduleOptions Schedule { get; init; } = new();
    public TrainingOptions Training { get; init; } = new();
    [OnlyFor(RunTask.Classification)] public ScoringOptions Scoring { get; init; } = new();
    [OnlyFor(RunTask.FineTuning, RunTask.Basin)] public EvaluationOptions Evaluation { get; init; } = new();
    [OnlyFor(RunTask.FineTuning, RunTask.Basin)] public JudgeOptions Judge { get; init; } = new() { Form = JudgeForm.RefusalPhrases };
    [OnlyFor(RunTask.FineTuning, RunTask.Basin)] public JudgeOptions SecondJudge { get; init; } = new();

    // The settings of single defences: there exactly when the method names them.
    [Defends(MethodKind.SafeInstruct)] public SafeInstructOptions? SafeInstruct { get; init; }
    [Defends(MethodKind.Bea)] public BeaOptions? Bea { get; init; }
    [Defends(MethodKind.Lisa)] public LisaOptions? Lisa { get; init; }
    [Defends(MethodKind.Vaccine)] public VaccineOptions? Vaccine { get; init; }
    [Defends(MethodKind.Booster)] public BoosterOptions? Booster { get; init; }
    [Defends(MethodKind.Panacea)] public PanaceaOptions? Panacea { get; init; }
    [Defends(MethodKind.ConstrainedSft)] public ConstrainedSftOptions? ConstrainedSft { get; init; }
    [Defends(MethodKind.Sppft)] public SppftOptions? Sppft { get; init; }
    [Defends(MethodKind.Lox)] public LoxOptions? Lox { get; init; }
    [Defends(MethodKind.SafeLora)] public SafeLoraOptions? SafeLora { get; init; }
    [Defends(MethodKind.Antidote)] public AntidoteOptions? Antidote { get; init; }
    [Defends(MethodKind.Resta)] public RestaOptions? Resta { get; init; }
    [Defends(MethodKind.Scale)] public ScaleOptions? Scale { get; init; }
}

public sealed record ModelOptions
{
    [Reference(ReferenceKind.Model), Description("The model to fine-tune, or to look around: a registered model's name, or on the command line a Hugging Face directory.")]
    public string Aligned { get; init; } = "";

    [Reference(ReferenceKind.Model), Description("Its unaligned partner, the model before safety training. AsFT and others read the alignment direction from the two.")]
    public string? Base { get; init; }

    [Reference(ReferenceKind.Run), Later, Description("A finished run whose result is fine-tuned further: its adapter is worked into the weights first. On the site its id or name, on the command line its directory. Empty: the model as it is.")]
    public string? After { get; init; }
}

public sealed record DataOptions
{
    [Reference(ReferenceKind.Dataset), Description("The training datasets, read one after the other: names, name@sha256:… or, on the command line, files.")]
    public IReadOnlyList<string> Train { get; init; } = [];

    [Description("How a row becomes a prompt. auto: lab for the shipped models, chat where the model has a chat template, llama2 otherwise. chat: the model's own chat template. llama2: the AsFT paper's wording.")]
    public TemplateKind Template { get; init; } = TemplateKind.Auto;

    [Description("Longest row in tokens; longer rows are cut at the end.")]
    public int MaxLength { get; init; } = 512;

    [Description("Keep the file's order in every epoch, as the published loader does. Otherwise rows are shuffled by seed.")]
    public bool PublishedOrder { get; init; }

    [Description("mixed: rows in random order, padded to the longest of their batch. similar: batches of like length, so less padding. packed: several short rows in one line, none seeing another.")]
    public BatchingKind Batching { get; init; }

    [Description("Pad every row to max_length, as the published loader does. Slower, and the same result.")]
    public bool PublishedPadding { get; init; }
}

public enum BatchingKind { Mixed, Similar, Packed }

public enum TemplateKind { Auto, Llama2, Lab, Chat }

public sealed record LoraOptions
{
    [Description("Rank r of the low-rank update BA. 0: no update; all weights are trained.")]
    public int Rank { get; init; } = 8;

    [Description("Scale α: the layer adds (α/r)·BA, or (α/√r)·BA with rank_stabilised.")]
    public double Alpha { get; init; } = 32;

    [Description("Share of inputs dropped before A while training.")]
    public double Dropout { get; init; } = 0.05;

    [Description("Scale by α/√r instead of α/r (rsLoRA), which keeps large ranks from learning slowly.")]
    public bool RankStabilised { get; init; }

    [Description("Which linear layers are adapted, by the last part of their name; or one pattern (regular expression) for whole names.")]
    public IReadOnlyList<string> Targets { get; init; } = ["q_proj", "v_proj"];

    [Description("Numbers of the layers that are adapted, from 0. Empty: all.")]
    public IReadOnlyList<int> Layers { get; init; } = [];
}

public sealed record OptimiserOptions
{
    [Description("adamw: AdamW with betas 0.9 and 0.999. sgd: plain gradient descent.")]
    public OptimiserKind Kind { get; init; } = OptimiserKind.Adamw;

    [Description("Step size at the start of the schedule.")]
    public double LearningRate { get; init; } = 5e-5;

    [Description("Decoupled weight decay.")]
    public double WeightDecay { get; init; }

    [Description("Largest gradient norm; larger gradients are scaled down. 0 switches it off.")]
    public double ClipNorm { get; init; }
}

public enum OptimiserKind { Adamw, Sgd }

public sealed record ScheduleOptions
{
    [Description("step: × gamma after each epoch. linear, cosine: to zero over the run. constant: no change.")]
    public ScheduleKind Kind { get; init; } = ScheduleKind.Step;

    [Description("Factor per epoch of the step schedule.")]
    public double Gamma { get; init; } = 0.85;

    [Description("Share of all steps over which the learning rate rises from zero.")]
    public double Warmup { get; init; }
}

public enum ScheduleKind { Step, Constant, Linear, Cosine }

public sealed record TrainingOptions
{
    [Description("Passes over the training rows.")]
    public int Epochs { get; init; } = 10;

    [Description("Rows per forward pass.")]
    public int BatchSize { get; init; } = 8;

    [Description("Forward passes per optimiser step.")]
    public int Accumulation { get; init; } = 1;

    [Description("End the run after so many evaluations without a better one. 0: train to the end.")]
    public int Patience { get; init; }

    [Description("Seed of shuffling, dropout and the adapter's start values.")]
    public int Seed { get; init; } = 42;

    [Description("auto: the first GPU, more where its memory is too small for the weights, the cpu where there is none. Or cpu, cuda:0, several as cuda:0, cuda:1, or each with its layers as cuda:0 0-15, cuda:1 16-31.")]
    public string Device { get; init; } = "auto";

    [Description("Number format of the frozen weights; the adapter is always float32. float16 is for GPUs without bfloat16: its losses are scaled, and steps whose gradient overflows are left out.")]
    public PrecisionKind Precision { get; init; } = PrecisionKind.Float32;

    [Description("Keep less for the backward pass and compute it again: less memory for about a third more time.")]
    public bool Recompute { get; init; }

    [Description("Optimiser steps between two checkpoints.")]
    public int CheckpointEvery { get; init; } = 50;

    [Later, Description("Keep the adapter of every evaluation, from before the first step to the end, in the run's folder snapshots: the way the run took, as a landscape shows it. Needs a low-rank update.")]
    public bool Snapshots { get; init; }
}

public enum PrecisionKind { Float32, Bfloat16, Float16 }
