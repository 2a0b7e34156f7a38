using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Safety;

/// <summary>
/// Where alignment moved each adapted matrix: Ĉ, (out, out), from V = W_aligned − W_base, (out, in).
/// published: VVᵀ/‖V‖_F (AsFT, arXiv 2506.08473, as its code has it): symmetric but no projector, its eigenvalues are σᵢ²/‖V‖_F.
/// spectral: VVᵀ/σ₁², the same with the largest eigenvalue 1. projector: U_kU_kᵀ onto the k strongest left singular vectors.
/// random: UUᵀ onto k directions drawn by seed, the control that shares the projector's rank and nothing else.
/// Deviation: a module with V = 0, where the published code yields NaN, is left out and listed in <see cref="LeftOut"/>.
/// </summary>
public sealed class AlignmentDirection(DirectionForm form = DirectionForm.Published, int rank = 8, int seed = 0) : IDisposable
{
    private const int WholeSpectrum = 1024;

    private readonly Dictionary<string, Tensor> modules = [];
    private readonly List<string> leftOut = [];

    /// <summary>Ĉ by module.</summary>
    public IReadOnlyDictionary<string, Tensor> Modules => modules;

    /// <summary>Modules that alignment did not change.</summary>
    public IReadOnlyList<string> LeftOut => leftOut;

    /// <summary>
    /// Reads the weights that are needed of both models, one at a time: no second model is in memory. The aligned ones too, as those of the modules may have
    /// moved on, and are rounded where the run's number format is narrower than the files': V is small beside W.
    /// </summary>
    /// <exception cref="ModelException">a model lacks a weight or has another shape</exception>
    public static AlignmentDirection Between(IReadOnlyList<Projection> adapted, PartnerWeights aligned, PartnerWeights unaligned, DirectionForm form = DirectionForm.Published, int rank = 8, int seed = 0)
    {
        var direction = new AlignmentDirection(form, rank, seed);
        foreach (var module in adapted)
        {
            using var scope = NewDisposeScope();
            direction.Add(module.Name, aligned.Read(module.Name + ".weight", module.Weight) - unaligned.Read(module.Name + ".weight", module.Weight));
        }
        return direction;
    }

    /// <summary>Takes what an earlier run kept in a file.</summary>
    /// <param name="path">what <see cref="Write"/> made of the same two models</param>
    /// <param name="adapted">the modules it was made for; those that the file lacks alignment did not change</param>
    public static AlignmentDirection Read(string path, IReadOnlyList<Projection> adapted)
    {
        var direction = new AlignmentDirection();
        foreach (var (name, c) in SafetensorsFile.Read(path, place: n => adapted.First(m => m.Name == n).Weight.device)) direction.modules[name] = c.DetachFromDisposeScope();
        direction.leftOut.AddRange(adapted.Select(m => m.Name).Where(n => !direction.modules.ContainsKey(n)));
        return direction;
    }

    public void Write(string path) => SafetensorsFile.Write(path, modules);

    /// <summary>Adds a module by its V, (out, in).</summary>
    public void Add(string module, Tensor v)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var norm = v.square().sum().sqrt();
        if (norm.ToDouble() == 0) leftOut.Add(module);
        else modules[module] = Of(v, norm).DetachFromDisposeScope();
    }

    private Tensor Of(Tensor v, Tensor norm)
    {
        if (form == DirectionForm.Published) return mm(v, v.t()) / norm;
        if (form == DirectionForm.Random) return RandomSubspace(v);
        var (u, s) = SingularVectors.Strongest(v, form == DirectionForm.Spectral ? 1 : rank);
        return form == DirectionForm.Spectral ? mm(v, v.t()) / s[0].square() : mm(u, u.t());
    }

    /// <summary>The next module draws on: a seed gives other directions in each.</summary>
    private Tensor RandomSubspace(Tensor v)
    {
        using var dice = new Generator((ulong)seed * 10_007 + (ulong)modules.Count); // of its own: training's random numbers stay as they are
        var drawn = randn([v.shape[0], Math.Min(rank, v.shape[0])], dtype: ScalarType.Float64, generator: dice);
        var u = linalg.qr(drawn).Q.to(v.dtype).to(v.device);
        return mm(u, u.t());
    }

    /// <summary>
    /// The largest eigenvalues of a module's Ĉ, largest first; as none is negative they are its singular values, of which a large Ĉ gives the strongest alone. Tiny
    /// ones make AsFT plain L2; above 2 the anchor itself is penalised more than what lies outside.
    /// </summary>
    public double[] Spectrum(string module, int most)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var c = modules[module];
        var values = c.shape[0] <= WholeSpectrum ? linalg.eigvalsh(c).flip(0) : SingularVectors.Strongest(c, most).S;
        return [.. values.to(ScalarType.Float64).cpu().data<double>().Take(most)];
    }

    /// <summary>‖ΔW‖_F, ‖(I − Ĉ)ΔW‖_F and cos(ĈΔW, ΔW) of a module's update ΔW = (α/r)BA, all from (r, r) products.</summary>
    public (double Size, double Outside, double Cosine) Lie(Projection module)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (a, b) = (module.Lora!.A.to(ScalarType.Float64), module.Lora.B.to(ScalarType.Float64) * module.Lora.Scale);
        var (g, along) = (mm(a, a.t()), mm(modules[module.Name].to(b.device).to(ScalarType.Float64), b));
        double Inner(Tensor x, Tensor y) => (mm(x.t(), y) * g).sum().ToDouble(); // ⟨XA, YA⟩ = tr(XᵀY AAᵀ)
        var (size, outside, projected) = (Inner(b, b), Inner(b - along, b - along), Inner(along, along));
        var product = Math.Sqrt(size * projected);
        return (Math.Sqrt(size), Math.Sqrt(Math.Max(0, outside)), product == 0 ? 0 : Inner(along, b) / product);
    }

    public void Dispose()
    {
        foreach (var module in modules.Values) module.Dispose();
    }
}
