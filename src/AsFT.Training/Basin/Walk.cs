using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Training.Lora;
using AsFT.Training.Safety;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Basin;

/// <summary>
/// A direction d in the space of a model's weight matrices. Norms and biases stay where they are, as in the filter-normalised landscapes of Li et al. 2018
/// (arXiv 1712.09913) that the safety landscapes of Peng et al. 2024 follow: scaled to a vector's own length, a change of a thousandth would become one of the half.
/// </summary>
/// <param name="Part">d_m of a matrix by its name and aligned weight W_m, float32 on its device; null where the direction does not move it</param>
public sealed record Walk(WalkDirection Direction, Func<string, Tensor, Tensor?> Part)
{
    /// <summary>d = W_aligned − W_base.</summary>
    public static Walk Alignment(PartnerWeights aligned, PartnerWeights unaligned) => new(WalkDirection.Alignment, (name, weight) => aligned.Read(name, weight) - unaligned.Read(name, weight));

    /// <summary>d = W_tuned − W_aligned of a fine-tune of all weights.</summary>
    public static Walk Harm(PartnerWeights aligned, PartnerWeights tuned) => new(WalkDirection.Harm, (name, weight) => tuned.Read(name, weight) - aligned.Read(name, weight));

    /// <summary>d = (α/r)·BA of a fine-tune by low-rank updates, in the layers that have one.</summary>
    public static Walk Harm(IReadOnlyDictionary<string, LoraUpdate> updates) => new(WalkDirection.Harm, (name, weight) => LowRank(updates, name, weight));

    /// <summary>Independent Gaussian numbers, those of each matrix from the seed and its name, so that they depend on neither order nor device.</summary>
    public static Walk Random(int seed) => new(WalkDirection.Random, (name, weight) =>
    {
        using var dice = new Generator(SeedOf(seed, name), CPU);
        return randn(weight.shape, dtype: ScalarType.Float32, device: CPU, generator: dice).to(weight.device);
    });

    /// <summary>ΔW = (α/r)·BA under the name of the weight that it is added to; null where there is none.</summary>
    /// <exception cref="ModelException">the update has another shape than the weight</exception>
    public static Tensor? LowRank(IReadOnlyDictionary<string, LoraUpdate> updates, string weightName, Tensor weight)
    {
        if (!weightName.EndsWith(Suffix, StringComparison.Ordinal) || !updates.TryGetValue(weightName[..^Suffix.Length], out var update)) return null;
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var product = mm(update.B, update.A) * update.Scale;
        if (!product.shape.SequenceEqual(weight.shape)) throw new ModelException($"the adapter's update of '{weightName}' has the shape [{string.Join(", ", product.shape)}], and the weight [{string.Join(", ", weight.shape)}]: it belongs to another model");
        return product.to(weight.device).MoveToOuterDisposeScope();
    }

    private const string Suffix = ".weight";

    /// <summary>FNV-1a over the seed's and the name's characters.</summary>
    private static ulong SeedOf(int seed, string name) => FormattableString.Invariant($"{seed} {name}").Aggregate(14695981039346656037UL, (hash, c) => (hash ^ c) * 1099511628211UL);
}
