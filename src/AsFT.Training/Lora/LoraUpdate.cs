using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace AsFT.Training.Lora;

/// <summary>
/// The low-rank update of one layer (Hu et al. 2021): y = Wx + (α/r)·B(A·dropout(x)), with A (r, in) uniform in
/// ±1/√in and B (out, r) zero at the start, so that training begins at the model itself. Always float32.
/// </summary>
public sealed class LoraUpdate(Parameter a, Parameter b, double alpha, double dropout) : IDisposable
{
    public Parameter A { get; } = a;
    public Parameter B { get; } = b;
    public double Scale { get; } = alpha / a.shape[0];

    /// <summary>Sees the layer's input x and Ax of every forward pass.</summary>
    public Action<Tensor, Tensor>? Watch { get; set; }

    public static LoraUpdate Create(long inputs, long outputs, int rank, double alpha, double dropout, Device device)
    {
        var bound = 1 / Math.Sqrt(inputs); // Kaiming uniform with a = √5
        using var scope = NewDisposeScope();
        return new(
            nn.Parameter(((rand(rank, inputs) * 2 - 1) * bound).to(device).DetachFromDisposeScope()),
            nn.Parameter(zeros(outputs, rank, device: device).DetachFromDisposeScope()), alpha, dropout);
    }

    public Tensor Forward(Tensor x, bool training)
    {
        var wide = x.to(A.dtype);
        var inner = linear(training && dropout > 0 ? nn.functional.dropout(wide, dropout) : wide, A); // (…, r)
        Watch?.Invoke(wide, inner);
        return linear(inner, B) * Scale;
    }

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }
}
