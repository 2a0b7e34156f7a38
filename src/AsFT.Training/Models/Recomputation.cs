using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Models;

/// <summary>
/// Gradient checkpointing (Chen et al. 2016): of a forward pass only each layer's input is kept; the backward pass makes a
/// layer's inner values again when it comes to it. Randomness inside a layer is seeded per layer, so that dropout is the same both times.
/// </summary>
internal sealed class Recomputation(Func<int, Tensor, Tensor> layer, bool random)
{
    private readonly List<(Tensor Input, long Seed)> kept = [];
    private Tensor? last;

    /// <summary>Goes through all layers without a graph; what follows builds its own on the result.</summary>
    public Tensor Forward(Tensor x, int layers)
    {
        using (no_grad())
        {
            for (var i = 0; i < layers; i++)
            {
                using var scope = NewDisposeScope();
                var seed = random ? randint(int.MaxValue, 1).ToInt64() : 0;
                kept.Add((x, seed));
                x = Seeded(i, x, seed).MoveToOuterDisposeScope();
            }
        }
        return last = x.detach().requires_grad_();
    }

    /// <summary>Carries the gradient of the result back through the layers, and leaves it in all their weights.</summary>
    /// <returns>the gradient of the first layer's input</returns>
    public Tensor Backward()
    {
        var slope = last!.grad!;
        for (var i = kept.Count - 1; i >= 0; i--)
        {
            using var scope = NewDisposeScope();
            var input = kept[i].Input.detach().requires_grad_();
            Seeded(i, input, kept[i].Seed).backward([slope]);
            slope = input.grad!.MoveToOuterDisposeScope();
        }
        return slope;
    }

    private Tensor Seeded(int index, Tensor x, long seed)
    {
        if (random) manual_seed(seed);
        return layer(index, x);
    }
}
