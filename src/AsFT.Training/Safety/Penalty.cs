using AsFT.Training.Models;
using static TorchSharp.torch;

namespace AsFT.Training.Safety;

/// <summary>A term added to the task loss that holds the low-rank updates back.</summary>
public abstract class Penalty : IDisposable
{
    /// <summary>The unweighted sum over the adapted modules, a scalar with a gradient to every A and B.</summary>
    public abstract Tensor Value(IReadOnlyList<Projection> adapted);

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
