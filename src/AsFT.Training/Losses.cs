namespace AsFT.Training;

/// <summary>What the losses of one step were. Penalty is λ times its value; Task never includes it, and is missing where a step learnt no task row.</summary>
public sealed record Losses(double? Task, double Penalty, int Tokens)
{
    /// <summary>A further loss that the step's rule looked at, with the name of its series.</summary>
    public (string Series, double Value)? Aside { get; init; }

    public bool AreFinite => double.IsFinite((Task ?? 0) + Penalty + (Aside?.Value ?? 0));

    public static Losses operator +(Losses a, Losses b) => a with { Task = a.Task + b.Task, Penalty = a.Penalty + b.Penalty, Tokens = a.Tokens + b.Tokens };
}

/// <summary>What one optimiser step did.</summary>
public sealed record StepResult(int Step, double Epoch, Losses Losses, double LearningRate);

/// <summary>The loss of a step is not a finite number.</summary>
public sealed class DivergedException(int step, string cause) : Exception(cause)
{
    public DivergedException(int step, Losses losses)
        : this(step, FormattableString.Invariant($"the loss is not finite at step {step} (task {losses.Task}, penalty {losses.Penalty}); lower the learning rate or λ"))
    {
    }

    public int Step { get; } = step;
}
