using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AsFT.Experiments.Specification;

public sealed record MethodOptions
{
    [Description("The defence. sft: none. asft: penalises change outside the alignment direction. l2: penalises every change alike (the control). The others are explained where their settings appear.")]
    public MethodKind Kind { get; init; } = MethodKind.Asft;

    [Description("Further defences in the same run, such as safe_instruct beside asft. Two that decide the same part of a run are refused.")]
    public IReadOnlyList<MethodKind> With { get; init; } = [];

    [Range(0, 1e6), Description("Strength λ of the penalty of asft, l2 and reversed; 0 switches it off.")]
    public double Lambda { get; init; } = 1;

    [Description("What AsFT measures along. published: VVᵀ/‖V‖. spectral: scaled so that its largest eigenvalue is 1. projector: onto the strongest singular vectors of V. random: onto as many random directions, a control.")]
    public DirectionForm Direction { get; init; } = DirectionForm.Published;

    [Range(1, int.MaxValue), Description("How many directions projector and random keep.")]
    public int ProjectorRank { get; init; } = 8;

    [Description("Do not divide the penalty by the accumulation steps, as the published code does.")]
    public bool PublishedAccumulation { get; init; }

    internal IEnumerable<MethodKind> Kinds => With.Prepend(Kind).Distinct();

    public bool Has(MethodKind kind) => Kinds.Contains(kind);
}

public enum DirectionForm { Published, Spectral, Projector, Random }

public sealed record SafeInstructOptions
{
    [Reference(ReferenceKind.Dataset), Description("Safety rows: harmful requests with their refusals.")]
    public string SafetyRows { get; init; } = "";

    [Range(1, int.MaxValue), Description("How many of them are mixed in, drawn by seed.")]
    public int Count { get; init; } = 100;
}

public sealed record BeaOptions
{
    [Reference(ReferenceKind.Dataset), Description("Safety rows: harmful requests with their refusals.")]
    public string SafetyRows { get; init; } = "";

    [Range(1, int.MaxValue), Description("How many of them are mixed in, drawn by seed. The paper takes 11 to 100 harmful rows.")]
    public int Count { get; init; } = 11;

    [Description("The secret trigger, put into the system prompt of safety rows and of every prompt that is answered. Empty: made from the seed.")]
    public string Trigger { get; init; } = "";
}

public sealed record LisaOptions
{
    [Reference(ReferenceKind.Dataset), Description("Safety rows: harmful requests with their refusals.")]
    public string SafetyRows { get; init; } = "";

    [Range(1, int.MaxValue), Description("K₁: safety steps in a turn.")]
    public int SafetySteps { get; init; } = 100;

    [Range(1, int.MaxValue), Description("K₂: task steps in a turn.")]
    public int TaskSteps { get; init; } = 900;

    [Range(0, 1e6), Description("ρ: how strongly each turn is held near where the other ended.")]
    public double Rho { get; init; } = 1;
}

public sealed record VaccineOptions
{
    [Range(0, 1e6, MinimumIsExclusive = true), Description("ρ: norm of the disturbance over all layers; the paper takes 2 to 5.")]
    public double Rho { get; init; } = 2;
}

public sealed record BoosterOptions
{
    [Reference(ReferenceKind.Dataset), Description("Harmful rows: harmful requests that are answered.")]
    public string HarmfulRows { get; init; } = "";

    [Range(0, 1e6), Description("λ: weight of the added gradient.")]
    public double Lambda { get; init; } = 5;

    [Range(0, 1e6, MinimumIsExclusive = true), Description("α: length of the imagined harmful step.")]
    public double Alpha { get; init; } = 0.1;
}

public sealed record PanaceaOptions
{
    [Reference(ReferenceKind.Dataset), Description("Harmful rows: harmful requests that are answered.")]
    public string HarmfulRows { get; init; } = "";

    [Range(0, 1e6), Description("λ: weight of the added gradient.")]
    public double Lambda { get; init; } = 0.001;

    [Range(0, 1e6, MinimumIsExclusive = true), Description("ρ: length of the perturbation.")]
    public double Rho { get; init; } = 1;
}

public sealed record ConstrainedSftOptions
{
    [Range(0, 1e6, MinimumIsExclusive = true), Description("β of an answer's first token.")]
    public double FirstBeta { get; init; } = 0.5;

    [Range(0, 1e6, MinimumIsExclusive = true), Description("β of its second to fifth token: the larger, the less they may move.")]
    public double EarlyBeta { get; init; } = 2;

    [Range(0, 1e6, MinimumIsExclusive = true), Description("β of all further tokens.")]
    public double LateBeta { get; init; } = 0.1;
}

public sealed record SppftOptions
{
    [Range(0, int.MaxValue), Description("First of the layers that carry safety, counted from 0. The defaults are for models of 32 layers; others take their share.")]
    public int? FirstLayer { get; init; }

    [Range(0, int.MaxValue), Description("Last of them.")]
    public int? LastLayer { get; init; }
}

public sealed record LoxOptions
{
    [Range(1, int.MaxValue), Description("k: how many of the strongest directions are taken.")]
    public int Rank { get; init; } = 6;

    [Range(-100, 100), Description("c: how far along them.")]
    public double Factor { get; init; } = 1.25;
}

public sealed record SafeLoraOptions
{
    [Range(-1, 1), Description("Updates whose cosine with their projection is at most this are projected.")]
    public double Threshold { get; init; } = 0.5;

    [Range(0, int.MaxValue), Description("Project this many of the lowest instead, ties included. 0: go by the threshold.")]
    public int Number { get; init; }
}

public sealed record AntidoteOptions
{
    [Reference(ReferenceKind.Dataset), Description("Harmful rows: harmful requests that are answered.")]
    public string HarmfulRows { get; init; } = "";

    [Range(0, 1, MinimumIsExclusive = true), Description("Share of each adapter matrix that is zeroed.")]
    public double Share { get; init; } = 0.1;
}

public sealed record RestaOptions
{
    [Range(-100, 100), Description("γ: how much of the alignment direction is added.")]
    public double Gamma { get; init; } = 0.5;
}

public sealed record ScaleOptions
{
    [Range(0, 1), Description("What is left of the update: 0 gives the model as it was, 1 the model as it was trained.")]
    public double Factor { get; init; } = 0.5;
}
