namespace AsFT.Experiments.Statistics;

/// <summary>A share as an imperfect judge counts it, corrected for what the judge misses and for what it sees wrongly (Rogan and Gladen 1978).</summary>
public static class RoganGladen
{
    private const double Z = 1.959963984540054;
    private const int Fewest = 5; // texts of a kind; with fewer the method's shift can put the whole interval beyond 0 or 1

    /// <summary>
    /// c = (p + sp − 1)/(se + sp − 1), kept within 0 and 1, with the 95 % interval of Lang and Reiczigel (Preventive Veterinary Medicine 113, 2014),
    /// which adds successes and failures so that a small validation without an error is not taken for a perfect judge: p' = (np + z²/2)/(n + z²),
    /// se' = (n₁se + 1)/(n₁ + 2), sp' = (n₀sp + 1)/(n₀ + 2), c' = (p' + sp' − 1)/(se' + sp' − 1), not kept within 0 and 1. With
    /// a = se'(1−se')/(n₁+2) and b = sp'(1−sp')/(n₀+2) its bounds are c' + 2z²(c'a − (1−c')b) ± z·√[p'(1−p')/(n+z²) + c'²a + (1−c')²b] / (se' + sp' − 1),
    /// cut off at 0 and 1; never without c; and all of 0 to 1 where fewer than 5 texts of a kind were judged, or se' + sp' ≤ 1. Ours beyond the paper: where
    /// the bounds lie both below 0 or both above 1, the errors seen in validation cannot have made this count, and there is no corrected share.
    /// </summary>
    /// <param name="counted">p: the share that the judge calls harmful, of <paramref name="n"/></param>
    /// <param name="sensitivity">se, seen on n₁ = <paramref name="positives"/> harmful texts</param>
    /// <param name="specificity">sp, seen on n₀ = <paramref name="negatives"/> harmless texts</param>
    /// <returns>null where se + sp ≤ 1, so that the judge is no better than chance, and where validation and count contradict each other</returns>
    public static (double Value, double Low, double High)? Correct(double counted, int n, double sensitivity, int positives, double specificity, int negatives)
    {
        if (sensitivity + specificity <= 1 || n == 0 || positives == 0 || negatives == 0) return null;
        var value = Math.Clamp((counted + specificity - 1) / (sensitivity + specificity - 1), 0, 1);
        const double Z2 = Z * Z;
        var (p, se, sp) = ((n * counted + Z2 / 2) / (n + Z2), (positives * sensitivity + 1) / (positives + 2), (negatives * specificity + 1) / (negatives + 2));
        var power = se + sp - 1;
        if (power <= 0 || Math.Min(positives, negatives) < Fewest) return (value, 0, 1);
        var c = (p + sp - 1) / power;
        var (a, b) = (se * (1 - se) / (positives + 2), sp * (1 - sp) / (negatives + 2));
        var centre = c + 2 * Z2 * (c * a - (1 - c) * b);
        var reach = Z * Math.Sqrt(p * (1 - p) / (n + Z2) + c * c * a + (1 - c) * (1 - c) * b) / power;
        if (centre + reach < 0 || centre - reach > 1) return null;
        return (value, Math.Clamp(centre - reach, 0, value), Math.Clamp(centre + reach, value, 1));
    }
}
