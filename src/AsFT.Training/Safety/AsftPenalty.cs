using AsFT.Experiments.Models;
using AsFT.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Safety;

/// <summary>
/// AsFT (arXiv 2506.08473, eq. 6 in its published code's form): Σₘ ‖(I − Ĉₘ) BₘAₘ‖²_F with
/// Ĉ = VVᵀ/‖V‖_F and V = W_aligned − W_base, (out, in). Ĉ is symmetric but no projector: its eigenvalues are σᵢ²/‖V‖_F.
/// Computed exactly as tr((BᵀMB)(AAᵀ)), M = (I − Ĉ)ᵀ(I − Ĉ) made once: r·out² operations a step where the published code,
/// forming BA and the product (out × out)(out × in), takes out²·in. α/r is not part of it.
/// Deviation: a module with V = 0, where the published code yields NaN, is left out and listed in <see cref="LeftOut"/>.
/// </summary>
public sealed class AsftPenalty : Penalty
{
    private readonly Dictionary<string, Tensor> metrics = []; // M by module, (out, out)

    /// <summary>Modules that alignment did not change.</summary>
    public List<string> LeftOut { get; } = [];

    /// <param name="adapted">the modules of the aligned model</param>
    /// <param name="baseDirectory">the unaligned partner; only the weights needed are read, one at a time</param>
    /// <exception cref="ModelException">the partner lacks a weight or has another shape</exception>
    public static AsftPenalty Between(IReadOnlyList<Projection> adapted, string baseDirectory)
    {
        var penalty = new AsftPenalty();
        var file = ModelDirectory.WeightFiles(baseDirectory).SelectMany(f => SafetensorsHeader.Read(f).Tensors.Select(t => (t.Name, f))).ToDictionary(t => t.Name, t => t.f);
        foreach (var module in adapted)
        {
            using var scope = NewDisposeScope();
            var name = module.Name + ".weight";
            if (!file.TryGetValue(name, out var path)) throw new ModelException($"the unaligned partner holds no '{name}': it is not a partner of this model");
            var unaligned = SafetensorsFile.Read(path, name.Equals, module.Weight.device, ScalarType.Float32)[name];
            if (!unaligned.shape.SequenceEqual(module.Weight.shape)) throw new ModelException($"'{name}' has another shape in the unaligned partner: it is not a partner of this model");
            penalty.Add(module.Name, module.Weight.to(ScalarType.Float32) - unaligned);
        }
        return penalty;
    }

    /// <summary>Adds a module by its V, (out, in).</summary>
    public void Add(string module, Tensor v)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var norm = v.square().sum().sqrt();
        if (norm.ToDouble() == 0)
        {
            LeftOut.Add(module);
            return;
        }
        var complement = eye(v.shape[0], dtype: v.dtype, device: v.device) - mm(v, v.t()) / norm;
        metrics[module] = mm(complement.t(), complement).DetachFromDisposeScope();
    }

    public override Tensor Value(IReadOnlyList<Projection> adapted) => adapted
        .Where(m => metrics.ContainsKey(m.Name))
        .Select(m => Value(metrics[m.Name], m.Lora!.A, m.Lora.B))
        .Aggregate(zeros([], dtype: adapted[0].Lora!.A.dtype, device: adapted[0].Lora!.A.device), (a, b) => a + b);

    /// <summary>
    /// tr(SG) with S = BᵀMB and G = AAᵀ, both symmetric (r, r), and the gradients 2MBG and 2SA in closed form: M, by far the
    /// largest matrix, is read once a step where autograd would read it twice. Differentiable once.
    /// </summary>
    private static Tensor Value(Tensor m, Tensor a, Tensor b)
    {
        Tensor value, byA, byB;
        var threads = get_num_threads();
        set_num_threads(1); // products this thin take less time than it takes to wake a second thread
        using (no_grad())
        {
            var mb = nn.functional.linear(b.t().contiguous(), m); // (r, out), as M is symmetric
            Tensor s = mm(mb, b), g = mm(a, a.t());
            (value, byA, byB) = ((s * g).sum(), 2 * mm(s, a), 2 * mm(g, mb).t());
        }
        set_num_threads(threads);
        var slope = (a * byA).sum() + (b * byB).sum();
        return value + (slope - slope.detach()); // the value, with these gradients
    }

    public override void Dispose()
    {
        foreach (var metric in metrics.Values) metric.Dispose();
        base.Dispose();
    }
}
