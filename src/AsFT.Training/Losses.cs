namespace AsFT.Training;

/// <summary>What the losses of one step were. Penalty is λ times its value; Task never includes it, and is missing where a step learnt no task row.</summary>
public sealed record Losses(double? Task, double Penalty, int Tokens)
{
    /// <summary>A further loss that the step's rule looked at, with the name of its series.</summary>
    public (string Series, double Value)? Aside { get; init; }

    public bool AreFinite => double.IsFinite((Task ?? 0) + Penalty + (Aside?.Value ?? 0));

    public static Losses operator +(Losses a, Losses b) => a with { Task = a.Task + b.Task, Penalty = a.Penalty + b.Penalty, Tokens = a.Tokens + b.Tokens };
}

/// <summary>What one optimiser step did; a step whose gradient overflowed did nothing.</summary>
public sealed record StepResult(int Step, double Epoch, Losses Losses, double LearningRate)
{
    /// <summary>With float16: the loss scale after the step, and how many steps were left out so far.</summary>
    public (double Scale, int Skipped)? Scaling { get; init; }
}

/// <summary>The loss or the gradient of a step is not a finite number.</summary>
public sealed class DivergedException(int step, string cause) : Exception(cause)
{
    public DivergedException(int step, string found, bool inFloat16)
        : this(step, $"{found} at step {step}; lower the learning rate or λ{(inFloat16 ? ", or take bfloat16 or float32, which hold larger numbers than float16" : "")}")
    {
    }

    public int Step { get; } = step;
}
