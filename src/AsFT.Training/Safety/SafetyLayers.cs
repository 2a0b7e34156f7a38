using AsFT.Experiments.Specification;

namespace AsFT.Training.Safety;

/// <summary>SPPFT (Li et al. 2024, arXiv 2408.17003): the layers that carry safety, whose attention and feed-forward are left untouched.</summary>
public static class SafetyLayers
{
    private const int First = 5, Behind = 15, Of = 32; // found in models of 32 layers

    /// <summary>The named range, or the same share of the model's layers as 5–14 is of 32.</summary>
    public static (int First, int Last) Range(SppftOptions options, int layers) =>
        (options.FirstLayer ?? layers * First / Of, Math.Min(layers - 1, options.LastLayer ?? (layers * Behind + Of - 1) / Of - 1));

    /// <summary>The layer that a weight or module belongs to; −1 for those outside layers.</summary>
    public static int LayerOf(string name)
    {
        var parts = name.Split('.');
        var at = Array.IndexOf(parts, "layers");
        return at >= 0 && at + 1 < parts.Length && int.TryParse(parts[at + 1], out var layer) ? layer : -1;
    }
}
