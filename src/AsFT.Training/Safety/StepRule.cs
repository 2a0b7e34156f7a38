using static TorchSharp.torch;

namespace AsFT.Training.Safety;

/// <summary>What the gradient of an optimiser step is made of. This one: the task's, with the penalty.</summary>
public class StepRule : IDisposable
{
    /// <summary>Leaves in every trained weight the gradient that the optimiser shall follow.</summary>
    public virtual Losses Fill(FineTuning training) => training.AddTaskGradient();

    /// <summary>What must be kept for the run to go on exactly.</summary>
    public virtual IReadOnlyDictionary<string, Tensor> State => new Dictionary<string, Tensor>();

    public virtual void Restore(FineTuning training, IReadOnlyDictionary<string, Tensor> state)
    {
    }

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
