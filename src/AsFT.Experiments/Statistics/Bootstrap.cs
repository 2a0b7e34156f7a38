namespace AsFT.Experiments.Statistics;

/// <summary>Percentile bootstrap (Efron 1979): the middle of a statistic over samples drawn anew, with replacement.</summary>
public static class Bootstrap
{
    /// <param name="count">how many samples there are</param>
    /// <param name="statistic">of the samples at these places; for a paired difference it reads both sides there</param>
    /// <param name="seed">decides what is drawn</param>
    /// <param name="rounds">how often</param>
    /// <param name="tail">share that is left out at each end: 0.025 leaves the middle 95 %</param>
    public static (double Low, double High) Interval(int count, Func<IReadOnlyList<int>, double> statistic, int seed, int rounds = 2000, double tail = 0.025)
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
        return (Percentile(drawn, tail), Percentile(drawn, 1 - tail));
    }

    /// <summary>
    /// The tail with which the interval of a mean of n values covers about 95 %, Φ(−√(n/(n−1)) · t₀.₉₇₅(n−1)) (Hesterberg 2015, "expanded percentile interval"): the plain
    /// percentiles are those of a normal distribution with the deviation of n instead of n − 1, and with ten values cover 90 %.
    /// </summary>
    public static double MeanTail(int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 2);
        return NormalTail(Math.Sqrt(n / (n - 1.0)) * StudentT.Critical(n - 1));
    }

    /// <summary>P(Z > z) for z ≥ 0, to 1e-7 (Abramowitz and Stegun 26.2.17).</summary>
    private static double NormalTail(double z)
    {
        var t = 1 / (1 + 0.2316419 * z);
        return Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) * t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    }

    /// <summary>Between neighbours in proportion, as NumPy does it.</summary>
    private static double Percentile(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var (below, above) = (sorted[(int)Math.Floor(place)], sorted[(int)Math.Ceiling(place)]);
        return below + (place - Math.Floor(place)) * (above - below);
    }
}
