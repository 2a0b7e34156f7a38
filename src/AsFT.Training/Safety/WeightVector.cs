using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AsFT.Training.Safety;

/// <summary>One tensor for each trained weight, taken together as a vector: a gradient, or where the weights once were.</summary>
public sealed class WeightVector : IDisposable
{
    private readonly IReadOnlyList<Parameter> weights;

    public IReadOnlyList<Tensor> Parts { get; }

    private WeightVector(IReadOnlyList<Parameter> weights, IEnumerable<Tensor> parts) => (this.weights, Parts) = (weights, [.. parts.Select(p => p.DetachFromDisposeScope())]);

    /// <summary>Takes the gradients out of the weights, which have none afterwards.</summary>
    public static WeightVector TakeGradients(IReadOnlyList<Parameter> weights)
    {
        var taken = new WeightVector(weights, weights.Select(w => w.grad is { } g ? g.clone() : zeros_like(w).detach()));
        foreach (var weight in weights) weight.grad = null;
        return taken;
    }

    /// <summary>The weights as they are now.</summary>
    public static WeightVector Copy(IReadOnlyList<Parameter> weights) => new(weights, weights.Select(w => w.detach().clone()));

    public double Norm()
    {
        using var scope = NewDisposeScope();
        return Math.Sqrt(Parts.Sum(p => p.square().sum().ToDouble()));
    }

    /// <summary>Moves the weights along this vector.</summary>
    public void Shift(double by)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (var (weight, part) in weights.Zip(Parts)) weight.add_(part, by);
    }

    /// <summary>Adds to the weights' gradients.</summary>
    public void AddToGradients(double by) => Add((_, part) => part * by);

    /// <summary>Adds a multiple of (weight − part) to the gradients: the slope of by/2 · ‖w − this‖².</summary>
    public void PullTowards(double by) => Add((weight, part) => (weight - part) * by);

    private void Add(Func<Parameter, Tensor, Tensor> term)
    {
        using var frozen = no_grad();
        foreach (var (weight, part) in weights.Zip(Parts))
        {
            using var scope = NewDisposeScope();
            if (weight.grad is { } gradient) gradient.add_(term(weight, part));
            else weight.grad = term(weight, part).DetachFromDisposeScope();
        }
    }

    public void Dispose()
    {
        foreach (var part in Parts) part.Dispose();
    }
}
