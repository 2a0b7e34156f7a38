namespace AsFT.Experiments.Statistics;

/// <summary>
/// Fisher's exact test, two-sided: of all 2 × 2 tables with the same margins, the probability of those that are at most as probable as the one
/// seen. P(k) = C(n₁, k) C(n₂, K − k) / C(n₁ + n₂, K), K = k₁ + k₂.
/// </summary>
public static class FisherTest
{
    private const double Rounding = 1e-7; // tables as probable as the one seen count, whatever rounding made of them

    /// <summary>How likely two shares k₁/n₁ and k₂/n₂ as far apart as these are, where both come from the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException">a count is not within 0 … total</exception>
    public static double P(int count1, int total1, int count2, int total2)
    {
        foreach (var (count, total) in new[] { (count1, total1), (count2, total2) })
        {
            ArgumentOutOfRangeException.ThrowIfNegative(count);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(count, total);
        }
        var all = count1 + count2;
        double LogOf(int k) => LogChoose(total1, k) + LogChoose(total2, all - k) - LogChoose(total1 + total2, all);
        var seen = LogOf(count1);
        var (least, most) = (Math.Max(0, all - total2), Math.Min(total1, all));
        return Math.Min(1, Enumerable.Range(least, most - least + 1).Select(LogOf).Where(log => log <= seen + Rounding).Sum(Math.Exp));
    }

    private static double LogChoose(int n, int k)
    {
        var log = 0.0;
        for (var i = 1; i <= k; i++) log += Math.Log(n - k + i) - Math.Log(i);
        return log;
    }
}
