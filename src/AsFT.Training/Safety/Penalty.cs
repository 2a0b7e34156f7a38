using AsFT.Training.Models;
using static TorchSharp.torch;

namespace AsFT.Training.Safety;

/// <summary>A term added to the task loss that holds the low-rank updates back.</summary>
public abstract class Penalty : IDisposable
{
    /// <summary>The unweighted sum over the adapted modules, a scalar with a gradient to every A and B.</summary>
    public Tensor Value(IReadOnlyList<Projection> adapted)
    {
        var first = adapted[0].Lora!.A;
        return adapted.Select(Term).OfType<Tensor>().Aggregate(zeros([], dtype: first.dtype, device: first.device), (sum, term) => sum + term.to(first.device));
    }

    /// <summary>One module's share, on its device; null where it has none.</summary>
    protected abstract Tensor? Term(Projection module);

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
