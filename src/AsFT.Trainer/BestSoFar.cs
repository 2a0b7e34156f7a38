using AsFT.Experiments.Specification;

namespace AsFT.Trainer;

/// <summary>The best evaluation after the first step, and how many came since that were no better.</summary>
internal sealed class BestSoFar(RunSpecification specification)
{
    private double goodness = double.NegativeInfinity;
    private int since;

    public int Step { get; private set; }

    /// <summary>Whether the run has waited long enough for a better one.</summary>
    public bool IsExhausted => specification.Training.Patience > 0 && since >= specification.Training.Patience;

    /// <summary>True if this one is the best so far. The model before training does not count: nothing is learnt in it.</summary>
    public bool Take(int step, IReadOnlyDictionary<string, double> values)
    {
        if (step == 0 || Goodness(values) is not { } now) return false;
        since++;
        if (now <= goodness) return false;
        (goodness, since, Step) = (now, 0, step);
        return true;
    }

    private double? Goodness(IReadOnlyDictionary<string, double> values) => specification.Evaluation.Best == BestBy.Harmful
        ? values.TryGetValue("eval/harmful", out var harmful) ? -harmful : null
        : values.TryGetValue("eval/accuracy", out var score) || values.TryGetValue("eval/f1_macro", out score) ? score : null;
}
