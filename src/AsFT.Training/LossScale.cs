using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AsFT.Training;

/// <summary>
/// Dynamic loss scaling (Micikevicius et al. 2018, arXiv 1710.03740) with the numbers of PyTorch's GradScaler: the loss is multiplied by s before the
/// backward pass and the weights' gradient divided by s after it, so that what is too small for float16 is not lost on the way. After 2000 steps without
/// an overflow s doubles; a step whose gradient is not finite is left out, and s halves. As s is a power of two, float32 gradients keep every bit.
/// </summary>
/// <param name="isUsed">false: s is 1, and nothing is looked at</param>
public sealed class LossScale(bool isUsed)
{
    private const double Start = 65536, Least = 1 / Start; // below the least, it is not the scale that overflows
    private const int Patience = 2000;

    private sealed record Kept(double Value, int Good, int Skipped);

    public bool IsUsed { get; } = isUsed;

    /// <summary>s.</summary>
    public double Value { get; private set; } = isUsed ? Start : 1;

    /// <summary>Steps since s changed.</summary>
    public int Good { get; private set; }

    /// <summary>Steps that were left out, in all.</summary>
    public int Skipped { get; private set; }

    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(new Kept(Value, Good, Skipped)));

    /// <summary>A checkpoint from before there was a scale has none.</summary>
    public void Read(string path)
    {
        if (File.Exists(path) && JsonSerializer.Deserialize<Kept>(File.ReadAllText(path)) is { } kept) Restore(kept.Value, kept.Good, kept.Skipped);
    }

    public void Restore(double value, int good, int skipped) => (Value, Good, Skipped) = (value, good, skipped);

    /// <summary>A step was made.</summary>
    public void Keep()
    {
        if (IsUsed && ++Good == Patience) (Value, Good) = (2 * Value, 0);
    }

    /// <summary>A step was left out.</summary>
    /// <returns>false once a smaller scale can be of no help</returns>
    public bool Lower()
    {
        (Value, Good, Skipped) = (Value / 2, 0, Skipped + 1);
        return Value >= Least;
    }

    /// <summary>s times a loss.</summary>
    public Tensor Of(Tensor loss) => IsUsed ? loss * Value : loss;

    /// <summary>Adds the gradient of a loss to the weights', not scaled.</summary>
    /// <param name="loss">a scalar</param>
    /// <param name="weights">where gradients are</param>
    /// <param name="finish">what ends a backward pass</param>
    /// <returns>whether it is finite; always true where no scale is used</returns>
    public bool Backward(Tensor loss, IReadOnlyList<Parameter> weights, Action finish)
    {
        if (IsUsed) Multiply(weights, Value); // what stands there already is divided with what is added
        Of(loss).backward();
        finish();
        if (!IsUsed) return true;
        Multiply(weights, 1 / Value);
        return AreFinite([.. weights.Select(w => w.grad).OfType<Tensor>()]);
    }

    /// <summary>Whether no number is infinite or none; asked of all tensors at once, wherever they lie.</summary>
    public static bool AreFinite(IList<Tensor> tensors) =>
        stack([.. tensors.Select(t => t.isfinite().all().to(tensors[0].device))]).all().ToBoolean();

    private static void Multiply(IReadOnlyList<Parameter> weights, double by)
    {
        using var frozen = no_grad();
        foreach (var weight in weights) weight.grad?.mul_(by);
    }
}

/// <summary>A gradient is not finite although the loss is: no step can be made of it.</summary>
public sealed class GradientOverflowException() : Exception("the gradient is not finite");
