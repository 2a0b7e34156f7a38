using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>Two things timed in turns within one run: on a machine that does other things too, times say little and ratios much.</summary>
internal static class Timing
{
    /// <summary>Medians in milliseconds; a returned tensor is differentiated too.</summary>
    public static (double First, double Second) Medians(int rounds, Func<Tensor?> first, Func<Tensor?> second, int warmups = 3)
    {
        for (var i = 0; i < warmups; i++) (_, _) = (Once(first), Once(second));
        var times = Enumerable.Range(0, rounds).Select(_ => (Once(first), Once(second))).ToList();
        return (times.Select(t => t.Item1).Order().ElementAt(rounds / 2), times.Select(t => t.Item2).Order().ElementAt(rounds / 2));
    }

    public static double Once(Func<Tensor?> act)
    {
        using var scope = NewDisposeScope();
        var clock = Stopwatch.StartNew();
        act()?.backward();
        return clock.Elapsed.TotalMilliseconds;
    }

    public static void Say(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
