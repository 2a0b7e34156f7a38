using AsFT.Experiments.Specification;

namespace AsFT.Training.Tests;

public sealed class LearningRateTests
{
    private static double[] Of(ScheduleOptions schedule, params int[] steps) => [.. steps.Select(s => LearningRate.At(s, 4, 8, 0.1, schedule))];

    private static void Close(double[] expected, double[] actual) => Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-12));

    /// <summary>Eight steps in two epochs: γ after the fourth.</summary>
    [Fact]
    public void Step_FallsByGammaWithEachEpoch() => Close([0.1, 0.1, 0.085, 0.085], Of(new() { Kind = ScheduleKind.Step, Gamma = 0.85 }, 0, 3, 4, 7));

    [Fact]
    public void Linear_FallsEvenlyTowardsZero() => Close([0.1, 0.05, 0.0125], Of(new() { Kind = ScheduleKind.Linear }, 0, 4, 7));

    /// <summary>(1 + cos πp)/2 at p = 0, 1/4, 1/2 and 3/4.</summary>
    [Fact]
    public void Cosine_FallsAsHalfAWave() => Close([0.1, 0.05 * (1 + Math.Sqrt(0.5)), 0.05, 0.05 * (1 - Math.Sqrt(0.5))], Of(new() { Kind = ScheduleKind.Cosine }, 0, 2, 4, 6));

    /// <summary>A quarter of eight steps rises to the peak, and the rest falls over the six that are left.</summary>
    [Fact]
    public void Warmup_RisesToThePeak_AndTheRestFalls() => Close([0.05, 0.1, 0.1, 0.05], Of(new() { Kind = ScheduleKind.Cosine, Warmup = 0.25 }, 0, 1, 2, 5));
}
