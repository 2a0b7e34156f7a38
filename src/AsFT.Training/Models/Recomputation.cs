using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Models;

/// <summary>
/// Gradient checkpointing (Chen et al. 2016): of a forward pass only each layer's input is kept; the backward pass makes a
/// layer's inner values again when it comes to it. Randomness inside a layer is seeded per layer, so that dropout is the same both times; all seeds are
/// drawn beforehand, and one more for what comes after, as a seed drawn behind a seeded layer would be that of the step before.
/// </summary>
internal sealed class Recomputation(Func<int, Tensor, Tensor> layer, bool random)
{
    private readonly List<(Tensor Input, long Seed)> kept = [];
    private Tensor? last;
    private long after;

    /// <summary>Goes through all layers without a graph; what follows builds its own on the result.</summary>
    public Tensor Forward(Tensor x, int layers)
    {
        using (no_grad())
        {
            using var drawn = random ? randint(int.MaxValue, layers + 1, ScalarType.Int64) : zeros(layers + 1, ScalarType.Int64);
            var seeds = drawn.data<long>().ToArray();
            after = seeds[layers];
            for (var i = 0; i < layers; i++)
            {
                using var scope = NewDisposeScope();
                kept.Add((x, seeds[i]));
                x = Seeded(i, x, seeds[i]).MoveToOuterDisposeScope();
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
        if (random) manual_seed(after);
        return slope;
    }

    private Tensor Seeded(int index, Tensor x, long seed)
    {
        if (random) manual_seed(seed);
        return layer(index, x);
    }
}
