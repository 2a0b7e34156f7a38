namespace AsFT.Experiments.Statistics;

/// <summary>
/// Wilson's score interval for a proportion k/n at 95 % confidence (Wilson 1927, eq. 1):
/// (p̂ + z²/2n ± z √(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n), z = 1.959964.
/// </summary>
public static class Wilson
{
    private const double Z = 1.959963984540054;

    /// <summary>Bounds in [0, 1]; (0, 1) when nothing was observed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">count is not within 0 … total</exception>
    public static (double Low, double High) Interval(int count, int total)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, total);
        if (total == 0) return (0, 1);
        double p = (double)count / total, n = total, z2 = Z * Z;
        var centre = p + z2 / (2 * n);
        var half = Z * Math.Sqrt(p * (1 - p) / n + z2 / (4 * n * n));
        var scale = 1 + z2 / n;
        return (count == 0 ? 0 : (centre - half) / scale, count == total ? 1 : (centre + half) / scale); // exact at the ends, where rounding is not
    }
}
