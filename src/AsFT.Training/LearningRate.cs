using AsFT.Experiments.Specification;

namespace AsFT.Training;

public static class LearningRate
{
    /// <summary>
    /// The step size of optimiser step <paramref name="step"/> (from 0): during warm-up peak·(step+1)/warm-up steps; then
    /// step: peak·γ^epoch; linear: peak·(1−p); cosine: peak·(1+cos πp)/2, with p the share of the rest that is done.
    /// </summary>
    public static double At(int step, int stepsPerEpoch, int steps, double peak, ScheduleOptions schedule)
    {
        var warmup = (int)Math.Ceiling(schedule.Warmup * steps);
        if (step < warmup) return peak * (step + 1) / warmup;
        var done = (double)(step - warmup) / Math.Max(1, steps - warmup);
        return schedule.Kind switch
        {
            ScheduleKind.Step => peak * Math.Pow(schedule.Gamma, step / stepsPerEpoch),
            ScheduleKind.Linear => peak * (1 - done),
            ScheduleKind.Cosine => peak * (1 + Math.Cos(Math.PI * done)) / 2,
            _ => peak,
        };
    }
}
