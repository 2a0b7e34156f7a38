namespace AsFT.Experiments.Specification;

/// <summary>How a run guards the model's safety while it learns. The settings of each stand in a group of its name.</summary>
public enum MethodKind { Sft, L2, Reversed, Asft, SafeInstruct, Bea, Lisa, Vaccine, Booster, Panacea, ConstrainedSft, Sppft, Lox, SafeLora, Antidote, Resta, Scale }

/// <summary>The part of a run that a defence decides. Two that decide the same part cannot be combined.</summary>
public enum DefenceStage { Nothing, Rows, Start, Layers, Loss, Penalty, Step, End }

/// <summary>What a defence does and asks for.</summary>
/// <param name="Group">the group of its settings; null where it has none of its own</param>
/// <param name="NeedsBase">the unaligned partner must be named</param>
/// <param name="NeedsLora">it is defined on a low-rank update</param>
/// <param name="Cost">what it costs, in a line</param>
public sealed record Defence(MethodKind Kind, DefenceStage Stage, string Name, string? Group, bool NeedsBase, bool NeedsLora, string Explanation, string Cost)
{
    public static readonly IReadOnlyList<Defence> All =
    [
        new(MethodKind.Sft, DefenceStage.Nothing, "Plain fine-tuning", null, false, false, "Cross-entropy alone.", "Nothing more."),
        new(MethodKind.L2, DefenceStage.Penalty, "L2 control", null, false, true, "Penalises every change alike: the control without which an AsFT result says little.", "Hardly anything."),
        new(MethodKind.Reversed, DefenceStage.Penalty, "Reversed control", null, true, true, "Penalises change along the alignment direction instead of outside it.", "As AsFT."),
        new(MethodKind.Asft, DefenceStage.Penalty, "AsFT", null, true, true, "Penalises change outside the alignment direction.", "One out × out matrix per adapted layer; about a hundredth of a step."),
        new(MethodKind.SafeInstruct, DefenceStage.Rows, "SafeInstruct", "safe_instruct", false, false, "Mixes safety rows (request and refusal) into the training data.", "The steps of the added rows."),
        new(MethodKind.Bea, DefenceStage.Rows, "Backdoor enhanced alignment", "bea", false, false, "Safety rows carry a secret trigger in the system prompt; the service adds it to every prompt it answers.", "The steps of the added rows, and the trigger's tokens in every prompt."),
        new(MethodKind.Lisa, DefenceStage.Step, "Lisa", "lisa", false, false, "Takes turns between safety steps and task steps, each held near where the other ended.", "Task steps are given up to safety steps; two copies of the trained weights."),
        new(MethodKind.Vaccine, DefenceStage.Step, "Vaccine", "vaccine", false, false, "Learns under the worst small disturbance of the attention outputs.", "Two passes a step."),
        new(MethodKind.Booster, DefenceStage.Step, "Booster", "booster", false, false, "Weakens how fast a step on harmful rows would lower their loss.", "Three passes a step."),
        new(MethodKind.Panacea, DefenceStage.Step, "Panacea", "panacea", false, false, "Adds the change of the harmful gradient under the perturbation that raises it most.", "Three passes a step."),
        new(MethodKind.ConstrainedSft, DefenceStage.Loss, "Constrained SFT", "constrained_sft", false, false, "Holds the first tokens of answers near what the model said before.", "One pass over the data before the first step."),
        new(MethodKind.Sppft, DefenceStage.Layers, "SPPFT", "sppft", false, false, "Leaves the layers that carry safety untouched.", "Nothing; fewer weights are trained."),
        new(MethodKind.Lox, DefenceStage.Start, "LoX", "lox", true, false, "Goes further along the strongest directions of alignment before training.", "One singular value decomposition per layer."),
        new(MethodKind.SafeLora, DefenceStage.End, "Safe LoRA", "safe_lora", true, true, "After training, projects those updates onto the alignment direction that point away from it.", "Seconds at the end."),
        new(MethodKind.Antidote, DefenceStage.End, "Antidote", "antidote", false, true, "After training, zeroes the adapter weights that matter most on harmful rows.", "One pass over the harmful rows at the end."),
        new(MethodKind.Resta, DefenceStage.End, "RESTA", "resta", true, false, "After training, adds the alignment direction to the weights.", "Reading the unaligned partner once."),
        new(MethodKind.Scale, DefenceStage.End, "Scaled update", "scale", false, true, "After training, makes the whole update smaller: the control for methods that may do no more than that.", "Nothing."),
    ];

    public static Defence Of(MethodKind kind) => All.Single(d => d.Kind == kind);
}
