using AsFT.Training.Models;
using static TorchSharp.torch;

namespace AsFT.Training.Safety;

/// <summary>The control W + f·(α/r)BA, 0 ≤ f ≤ 1: what a method gains may be no more than what a smaller update gains.</summary>
public static class ScaledUpdate
{
    public static void Apply(IEnumerable<Projection> adapted, double factor)
    {
        using var frozen = no_grad();
        foreach (var module in adapted) module.Lora!.B.mul_(factor);
    }
}
