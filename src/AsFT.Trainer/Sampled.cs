using System.Diagnostics;
using AsFT.Training.Text;

namespace AsFT.Trainer;

/// <summary>Seconds that things take, by some of them.</summary>
internal static class Sampled
{
    private const int Unmeasured = 2, LeastSteps = 10, LeastPoints = 15;
    public const double TooLong = 20;
    private const double Enough = 2, GoldenSection = 0.6180339887498949;

    public static double SinceTheStart()
    {
        using var process = Process.GetCurrentProcess();
        return (DateTime.Now - process.StartTime).TotalSeconds;
    }

    public static double Seconds(Action act)
    {
        var clock = Stopwatch.StartNew();
        act();
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>A step of a plan, by steps out of all its parts. Before them comes the one with the largest batch, so that memory is seen at its highest, and what it takes for the machine to get going.</summary>
    /// <param name="plan">decides which rows a step sees</param>
    /// <param name="make">makes the step of a number</param>
    public static double Step(BatchPlan plan, Action<int> make)
    {
        Warm(Seconds(() => make(plan.Largest())), plan.Steps, step => Seconds(() => make(step)));
        return Mean(plan.Steps, LeastSteps, int.MaxValue, step =>
        {
            plan.Step(step); // its epoch is shuffled now, which a run does once an epoch
            return Seconds(() => make(step));
        });
    }

    /// <summary>A point of a basin, by points out of all its parts: how long answers are differs from one to the next.</summary>
    /// <param name="secondsOf">measures the point of a number</param>
    public static double Point(int count, Func<int, double> secondsOf)
    {
        Warm(0, count, secondsOf);
        return Mean(count, LeastPoints, count, secondsOf);
    }

    /// <summary>The first seconds of a kind of work are slower than all that come: code is compiled, memory is fetched. A run has many, a trial few.</summary>
    /// <param name="seconds">what it has had already</param>
    private static void Warm(double seconds, int count, Func<int, double> secondsOf)
    {
        for (var n = 0; (n < Unmeasured || seconds < Enough) && seconds < TooLong; n++) seconds += secondsOf(At(n, count));
    }

    /// <summary>All batches of a set, by some of them.</summary>
    public static double Batches(int count, Action<int> make) => count * Mean(count, 1, count, batch => Seconds(() => make(batch)));

    /// <summary>The mean over as many of <paramref name="count"/> things as tell enough. Unmeasured time is not counted.</summary>
    private static double Mean(int count, int least, int most, Func<int, double> secondsOf)
    {
        var (seconds, n) = (0.0, 0);
        while (n < most && seconds < TooLong && (n < least || seconds < Enough)) seconds += secondsOf(At(n++, count));
        return seconds / n;
    }

    /// <summary>The middle first; then by golden sections, of which the first few lie as evenly as all and fall in with no period, such as that of a defence's turns.</summary>
    internal static int At(int n, int count) => (int)((0.5 + n * GoldenSection) % 1 * count);
}
