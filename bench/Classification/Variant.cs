using AsFT.Experiments.Search;
using AsFT.Experiments.Specification;

namespace AsFT.Bench.Classification;

/// <summary>A loss in one of its forms, and where its settings are searched: in the paper's ranges.</summary>
internal sealed record Variant(LossKind Kind, LossForm Form)
{
    public static readonly IReadOnlyList<Variant> All =
    [
        new(LossKind.Bce, LossForm.Sound), new(LossKind.Joint, LossForm.Sound), new(LossKind.Scl, LossForm.Sound), new(LossKind.Icl, LossForm.Sound), new(LossKind.Jscl, LossForm.Sound),
        new(LossKind.Jspcl, LossForm.Sound), new(LossKind.Slcl, LossForm.Sound), new(LossKind.Scl, LossForm.Published), new(LossKind.Icl, LossForm.Published), new(LossKind.Slcl, LossForm.Published),
        new(LossKind.Jscl, LossForm.Published), new(LossKind.Jspcl, LossForm.Published),
    ];

    public string Name => $"{Kind.ToString().ToUpperInvariant()}{(Kind.IsContrastive() ? Form == LossForm.Sound ? " sound" : " published" : "")}";
    public string FileName => Name.ToLowerInvariant().Replace(' ', '-');

    /// <summary>Nothing to search for BCE; α alone for the joint loss, which has no temperature.</summary>
    public SearchSpace Space
    {
        get
        {
            var most = Kind switch { LossKind.Joint => 0.5, LossKind.Jscl => 0.05, LossKind.Icl => 0.01, LossKind.Jspcl => 1e-3, _ => 0.1 };
            var alpha = new SearchDimension { Setting = "loss.alpha", Kind = DimensionKind.Log, Min = Kind == LossKind.Joint ? 0.01 : 1e-5, Max = most };
            var temperature = new SearchDimension { Setting = "loss.temperature", Kind = DimensionKind.Linear, Min = 0.5, Max = 2 };
            return new() { Search = Kind == LossKind.Bce ? [] : Kind == LossKind.Joint ? [alpha] : [alpha, temperature] };
        }
    }
}
