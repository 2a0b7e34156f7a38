using AsFT.Training.Models;

namespace AsFT.Training.Safety;

/// <summary>The defences that act while a model is trained; what none of them decides is as in plain fine-tuning.</summary>
public sealed class Defending : IDisposable
{
    public IReadOnlyList<Projection> Adapted { get; init; } = [];
    public Penalty? Penalty { get; init; }
    public ConstrainedLoss? Loss { get; init; }
    public StepRule Rule { get; init; } = new();

    public void Dispose()
    {
        Penalty?.Dispose();
        Rule.Dispose();
    }
}
