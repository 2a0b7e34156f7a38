using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AsFT.Training;

public static class GradientNorm
{
    /// <summary>
    /// Multiplies all gradients by most/(‖g‖ + 1e-6) where their common norm ‖g‖ is above <paramref name="most"/>, as PyTorch's clip_grad_norm_ does; 0 switches
    /// it off. libtorch's own takes weights of one device only.
    /// </summary>
    public static void Clip(IEnumerable<Parameter> weights, double most)
    {
        var gradients = weights.Select(w => w.grad).OfType<Tensor>().ToList();
        if (most == 0 || gradients.Count == 0) return;
        var norm = stack([.. gradients.Select(g => g.norm().to(gradients[0].device))]).norm().ToDouble();
        if (norm <= most) return;
        foreach (var gradient in gradients) gradient.mul_(most / (norm + 1e-6));
    }
}
