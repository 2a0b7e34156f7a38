using AsFT.Experiments.Events;
using AsFT.Training.Models;
using AsFT.Training.Safety;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Basin;

/// <summary>
/// The eigenvalues of Ĉ = VVᵀ/‖V‖_F of each linear layer, σᵢ²/‖V‖_F with V's singular values σᵢ; they add up to ‖V‖_F. All of small layers, the largest of large ones, which
/// take long. What they say of AsFT's penalty ‖(I − Ĉ)ΔW‖²: along an eigenvector with eigenvalue c a change counts (1 − c)² as much as under plain L2.
/// </summary>
public static class AlignmentSpectra
{
    private const int Shown = 16, SmallEnough = 1024;

    /// <param name="module">the layer's name</param>
    /// <param name="v">V = W_aligned − W_base, (out, in)</param>
    public static ModuleSpectrum Of(string module, Tensor v)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var norm = Surroundings.Norm(v);
        if (norm == 0) return new(module, 0, [], null);
        var whole = v.shape.Min() <= SmallEnough;
        var singular = whole ? linalg.svdvals(v.to(ScalarType.Float64)) : SingularVectors.Strongest(v, Shown).S;
        var eigenvalues = singular.to(ScalarType.Float64).cpu().data<double>().Select(s => s * s / norm).ToList();
        var faint = eigenvalues.Count(c => c < ModuleSpectrum.Faint) + v.shape[0] - eigenvalues.Count; // Ĉ is (out, out): the rest are 0
        return new(module, norm, [.. eigenvalues.Take(Shown)], whole ? (double)faint / v.shape[0] : null);
    }

    /// <param name="modules">the layers</param>
    /// <param name="alignment">gives the V of each</param>
    public static IReadOnlyList<ModuleSpectrum> Of(IEnumerable<Projection> modules, Walk alignment, CancellationToken cancel = default) => [.. modules.Select(m =>
    {
        cancel.ThrowIfCancellationRequested();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return Of(m.Name, alignment.Part(m.Name + ".weight", m.Weight)!);
    })];
}
