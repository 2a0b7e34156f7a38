using AsFT.Training.Models;
using static TorchSharp.torch;

namespace AsFT.Training.Safety;

/// <summary>
/// The control: Σₘ ‖BA‖²_F = Σₘ tr((BᵀB)(AAᵀ)), which holds back every change alike. Without it an AsFT result says little.
/// As in AsFT, α/r is not part of it.
/// </summary>
public sealed class L2Penalty : Penalty
{
    protected override Tensor Term(Projection module) => (mm(module.Lora!.B.t(), module.Lora.B) * mm(module.Lora.A, module.Lora.A.t())).sum();
}
