namespace AsFT.Experiments.Statistics;

/// <summary>Percentile bootstrap (Efron 1979): the middle 95 % of a statistic over samples drawn anew, with replacement.</summary>
public static class Bootstrap
{
    /// <param name="count">how many samples there are</param>
    /// <param name="statistic">of the samples at these places; for a paired difference it reads both sides there</param>
    /// <param name="seed">decides what is drawn</param>
    /// <param name="rounds">how often</param>
    public static (double Low, double High) Interval(int count, Func<IReadOnlyList<int>, double> statistic, int seed, int rounds = 2000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        var random = new Random(seed);
        var places = new int[count];
        var drawn = new double[rounds];
        for (var r = 0; r < rounds; r++)
        {
            for (var i = 0; i < count; i++) places[i] = random.Next(count);
            drawn[r] = statistic(places);
        }
        Array.Sort(drawn);
        return (Percentile(drawn, 0.025), Percentile(drawn, 0.975));
    }

    /// <summary>Between neighbours in proportion, as NumPy does it.</summary>
    private static double Percentile(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var (below, above) = (sorted[(int)Math.Floor(place)], sorted[(int)Math.Ceiling(place)]);
        return below + (place - Math.Floor(place)) * (above - below);
    }
}
