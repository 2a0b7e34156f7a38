namespace AsFT.Training.Safety;

/// <summary>g = ∇f(w) + λ(∇h(w) − ∇h(w + s·∇h(w)/‖∇h(w)‖)), with f the task and h the loss on harmful rows: what Booster and Panacea share but for the sign of s.</summary>
internal static class HarmfulDifference
{
    /// <param name="training">the run, at its step</param>
    /// <param name="harmful">where the rows of h come from</param>
    /// <param name="lambda">λ</param>
    /// <param name="length">s</param>
    public static Losses Fill(FineTuning training, RowCycle harmful, double lambda, double length)
    {
        var rows = harmful.At(training.Step);
        var loss = training.AddGradient(rows);
        using var here = WeightVector.TakeGradients(training.Trainable);
        var step = length / Math.Max(here.Norm(), double.Epsilon);
        here.Shift(step);
        try
        {
            training.AddGradient(rows);
        }
        finally
        {
            here.Shift(-step);
        }
        using var there = WeightVector.TakeGradients(training.Trainable);

        var losses = training.AddTaskGradient();
        here.AddToGradients(lambda);
        there.AddToGradients(-lambda);
        return losses with { Aside = ("loss/harmful", loss) };
    }
}
