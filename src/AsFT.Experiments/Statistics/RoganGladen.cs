namespace AsFT.Experiments.Statistics;

/// <summary>A share as an imperfect judge counts it, corrected for what the judge misses and for what it sees wrongly (Rogan and Gladen 1978).</summary>
public static class RoganGladen
{
    private const double Z = 1.959963984540054;

    /// <summary>
    /// c = (p + sp − 1)/(se + sp − 1), kept within 0 and 1, with its 95 % interval c ± z·√V by the delta method, in which p, se and sp are all
    /// estimates: V = [p(1−p)/n + c²·se(1−se)/n₁ + (1−c)²·sp(1−sp)/n₀] / (se + sp − 1)².
    /// </summary>
    /// <param name="counted">p: the share that the judge calls harmful, of <paramref name="n"/></param>
    /// <param name="sensitivity">se, seen on n₁ = <paramref name="positives"/> harmful texts</param>
    /// <param name="specificity">sp, seen on n₀ = <paramref name="negatives"/> harmless texts</param>
    /// <returns>null where se + sp ≤ 1: the judge is no better than chance, and nothing can be corrected by it</returns>
    public static (double Value, double Low, double High)? Correct(double counted, int n, double sensitivity, int positives, double specificity, int negatives)
    {
        var power = sensitivity + specificity - 1;
        if (power <= 0 || n == 0 || positives == 0 || negatives == 0) return null;
        var c = Math.Clamp((counted + specificity - 1) / power, 0, 1);
        var variance = (counted * (1 - counted) / n + c * c * sensitivity * (1 - sensitivity) / positives + (1 - c) * (1 - c) * specificity * (1 - specificity) / negatives) / (power * power);
        var reach = Z * Math.Sqrt(variance);
        return (c, Math.Max(0, c - reach), Math.Min(1, c + reach));
    }
}
