using AsFT.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Safety;

/// <summary>
/// AsFT (arXiv 2506.08473, eq. 6 in its published code's form): Σₘ ‖(I − Ĉₘ) BₘAₘ‖²_F, with Ĉ of
/// <see cref="AlignmentDirection"/>; reversed: Σₘ ‖Ĉₘ BₘAₘ‖²_F, the control that holds back what AsFT lets pass.
/// Computed exactly as tr((BᵀMB)(AAᵀ)), M = (I − Ĉ)ᵀ(I − Ĉ) or ĈᵀĈ made once: r·out² operations a step where the published
/// code, forming BA and the product (out × out)(out × in), takes out²·in. α/r is not part of it.
/// </summary>
public sealed class AsftPenalty : Penalty
{
    private readonly Dictionary<string, Tensor> metrics = []; // M by module, (out, out)

    public AsftPenalty(AlignmentDirection direction, bool reversed = false)
    {
        foreach (var (module, c) in direction.Modules)
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            var weighed = reversed ? c : eye(c.shape[0], dtype: c.dtype, device: c.device) - c;
            metrics[module] = mm(weighed.t(), weighed).DetachFromDisposeScope();
        }
    }

    protected override Tensor? Term(Projection module) => metrics.TryGetValue(module.Name, out var m) ? Term(m, module.Lora!.A, module.Lora.B) : null;

    /// <summary>
    /// tr(SG) with S = BᵀMB and G = AAᵀ, both symmetric (r, r), and the gradients 2MBG and 2SA in closed form: M, by far the
    /// largest matrix, is read once a step where autograd would read it twice. Differentiable once.
    /// </summary>
    private static Tensor Term(Tensor m, Tensor a, Tensor b)
    {
        Tensor value, byA, byB;
        using (no_grad())
        using (OneThread.Always()) // the products have r rows
        {
            var mb = nn.functional.linear(b.t().contiguous(), m); // (r, out), as M is symmetric
            Tensor s = mm(mb, b), g = mm(a, a.t());
            (value, byA, byB) = ((s * g).sum(), 2 * mm(s, a), 2 * mm(g, mb).t());
        }
        var slope = (a * byA).sum() + (b * byB).sum();
        return value + (slope - slope.detach()); // the value, with these gradients
    }

    public override void Dispose()
    {
        foreach (var metric in metrics.Values) metric.Dispose();
        base.Dispose();
    }
}
