using AsFT.Training.Models;
using static TorchSharp.torch;

namespace AsFT.Training.Safety;

/// <summary>
/// The control: Σₘ ‖BA‖²_F = Σₘ tr((BᵀB)(AAᵀ)), which holds back every change alike. Without it an AsFT result says little.
/// As in AsFT, α/r is not part of it.
/// </summary>
public sealed class L2Penalty : Penalty
{
    public override Tensor Value(IReadOnlyList<Projection> adapted) =>
        adapted.Select(m => (mm(m.Lora!.B.t(), m.Lora.B) * mm(m.Lora.A, m.Lora.A.t())).sum()).Aggregate((a, b) => a + b);
}
