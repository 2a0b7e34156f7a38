namespace AsFT.Experiments.Statistics;

/// <summary>The mean of a few runs and its t-interval at 95 % confidence, x̄ ± t₀.₉₇₅(n−1) s/√n; one run has none.</summary>
public sealed record MeanEstimate(double Mean, double? HalfWidth, int Count)
{
    public double? Low => Mean - HalfWidth;
    public double? High => Mean + HalfWidth;

    /// <exception cref="ArgumentException">there is no value</exception>
    public static MeanEstimate Of(IReadOnlyList<double> values)
    {
        if (values.Count == 0) throw new ArgumentException("a mean needs a value", nameof(values));
        var (n, mean) = (values.Count, values.Average());
        if (n == 1) return new(mean, null, 1);
        var deviation = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (n - 1));
        return new(mean, StudentT.Critical(n - 1) * deviation / Math.Sqrt(n), n);
    }

    /// <summary>Of first − second, run by run: the same seed, the same rows.</summary>
    /// <exception cref="ArgumentException">there are not as many of each, or none</exception>
    public static MeanEstimate OfDifference(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        if (first.Count != second.Count) throw new ArgumentException($"{first.Count} values cannot be paired with {second.Count}", nameof(second));
        return Of([.. first.Zip(second, (a, b) => a - b)]);
    }
}
