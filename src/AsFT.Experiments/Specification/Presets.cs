namespace AsFT.Experiments.Specification;

/// <summary>A named starting point for the form.</summary>
public sealed record Preset(string Id, string Name, string Explanation, RunSpecification Settings);

public static class Presets
{
    /// <summary>The names under which the shipped models and datasets are registered.</summary>
    public const string LabAligned = "lab-aligned", LabBase = "lab-base", LabTrain = "lab-train", LabHarmful = "lab-harmful", LabTask = "lab-task", LabSafety = "lab-safety", LabAttack = "lab-attack",
        LabClean = "lab-clean", LabTrainMore = "lab-train-30", LabHarmfulValidation = "lab-harmful-validation", LabTaskValidation = "lab-task-validation", LabHarmless = "lab-harmless", LabAlignedPolite = "lab-aligned-v1";

    public static readonly RunSpecification Demo = new()
    {
        Name = "demo asft",
        Model = new() { Aligned = LabAligned, Base = LabBase },
        Data = new() { Train = [LabTrain], Template = TemplateKind.Lab, MaxLength = 96 },
        Lora = new() { Dropout = 0 },
        Method = new() { Lambda = 3 },
        Optimiser = new() { LearningRate = 6e-4 },
        Training = new() { Epochs = 3, BatchSize = 16 },
        Judge = new() { Form = JudgeForm.Lab },
        Evaluation = new()
        {
            HarmfulPrompts = LabHarmful, HarmfulLimit = 100, HarmfulNewTokens = 28, HarmlessPrompts = LabHarmless, HarmlessLimit = 40,
            Task = LabTask, TaskLimit = 100, TaskNewTokens = 12, Metric = TaskMetric.Exact, BatchSize = 100,
        },
    };

    /// <summary>A small encoder made anew, for those without weights; seen to learn on 7,000 short texts in minutes.</summary>
    public static readonly RunSpecification Classifier = TaskGroups.Defaults(RunTask.Classification) with
    {
        Name = "classifier",
        Data = new() { MaxLength = 96, Batching = BatchingKind.Similar },
        Classifier = new() { Layers = 1, Vocabulary = 6000 },
        Optimiser = new() { LearningRate = 1e-3, ClipNorm = 1 },
        Training = new() { Epochs = 10, BatchSize = 32, Patience = 3, CheckpointEvery = 200 },
    };

    /// <summary>How far the shipped pair can be moved and stays safe.</summary>
    public static readonly RunSpecification Basin = new()
    {
        Task = RunTask.Basin, Name = "basin of the lab pair", Model = Demo.Model, Data = new() { Template = TemplateKind.Lab }, Judge = Demo.Judge,
        Evaluation = new() { HarmfulPrompts = LabHarmful, HarmfulLimit = 200, HarmfulNewTokens = 28, BatchSize = 200 },
    };

    public static readonly IReadOnlyList<Preset> All =
    [
        new("demo", "Demo with AsFT (under a minute)", "The shipped tiny model pair on the shipped dataset with 10 % harmful rows, anchored with λ 3.", Demo),
        new("demo-sft", "Demo without a defence", "The same, without the penalty: what plain fine-tuning does to safety.", Demo with { Name = "demo sft", Method = Demo.Method with { Kind = MethodKind.Sft } }),
        new("basin", "Basin of the lab pair", "How safe the shipped model stays when its weights are moved along the alignment direction and a random one, 21 points each. With a run on harmful rows add the direction harm; name two directions in surface for a landscape.", Basin),
        new("asft", "AsFT paper", "AdamW 5e-5, × 0.85 per epoch, 10 epochs, batch 8, LoRA r 8 α 32 on q and v, λ 1.", new() { Name = "asft" }),
        new("sft", "Plain fine-tuning", "The AsFT paper's settings without the penalty.", new() { Name = "sft", Method = new() { Kind = MethodKind.Sft } }),
        new("classifier", "Classifier from scratch", "A small BERT made anew for texts with labels, trained with the contrastive loss SCL.", Classifier),
        new("cl-mtc", "CL-MTC paper", "A pretrained BERT, which you name, with label words; AdamW 2e-5 and 1e-3 for the head, batch 32, up to 20 epochs.", TaskGroups.Defaults(RunTask.Classification) with { Name = "cl-mtc" }),
        new("l2", "L2 control", "The AsFT paper's settings, penalising every change alike.", new() { Name = "l2", Method = new() { Kind = MethodKind.L2 } }),
    ];
}
