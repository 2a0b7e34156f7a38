using AsFT.Experiments.Statistics;

namespace AsFT.Experiments.Tournaments;

/// <summary>
/// A method's score minus the reference's, seed by seed on the same data: the mean, its bootstrap interval at 95 % (null for one pair),
/// and the exact sign test, by itself and corrected by Holm for all methods of its table.
/// </summary>
/// <param name="Lower">pairs in which the method's score is the lower one; ties are in neither count</param>
public sealed record PairedDifference(int Pairs, double Mean, double? Low, double? High, int Lower, int Higher, double P, double CorrectedP)
{
    private const int BootstrapSeed = 1;

    /// <summary>By both: the interval leaves out 0, and the corrected test is below 5 %.</summary>
    public bool IsToldApart => CorrectedP < 0.05 && (Low > 0 || High < 0);

    /// <summary>Not yet corrected.</summary>
    public static PairedDifference? Of(IReadOnlyList<double> differences)
    {
        if (differences.Count == 0) return null;
        var (lower, higher) = (differences.Count(d => d < 0), differences.Count(d => d > 0));
        var p = SignTest.P(lower, higher);
        var interval = differences.Count == 1 ? ((double, double)?)null : Bootstrap.Interval(differences.Count, places => places.Average(i => differences[i]), BootstrapSeed);
        return new(differences.Count, differences.Average(), interval?.Item1, interval?.Item2, lower, higher, p, p);
    }

    /// <summary>The smallest p that the sign test can give for so many pairs, corrected for so many methods: 2 · ½ⁿ · m.</summary>
    public static double LeastP(int pairs, int methods) => Math.Min(1, 2 * Math.Pow(0.5, pairs) * methods);
}

/// <summary>A method against the reference of its table; null where they have no pair.</summary>
public sealed record ComparisonRow(string Method, string? Strength, PairedDifference? Harmful, PairedDifference? Accuracy);

/// <summary>All methods against one, in one world with one poison entry, each with its chosen strength.</summary>
public sealed record ComparisonTable(string World, string Poison, string Reference, string? ReferenceStrength, IReadOnlyList<ComparisonRow> Rows)
{
    /// <summary>The smallest corrected p that any row could have.</summary>
    public double LeastP => PairedDifference.LeastP(Rows.Max(r => r.Harmful?.Pairs ?? 0), Rows.Count(r => r.Harmful is not null));

    /// <summary>Corrects harm and accuracy each for the methods that were compared.</summary>
    internal static ComparisonTable Of(CellResult reference, IEnumerable<CellResult> others)
    {
        var rows = others.Select(o => new ComparisonRow(o.Cell.Method, o.Cell.Strength, Difference(o, reference, CellResult.HarmSeries), Difference(o, reference, CellResult.AccuracySeries))).ToList();
        var (harmful, accuracy) = (Corrected(rows.ConvertAll(r => r.Harmful)), Corrected(rows.ConvertAll(r => r.Accuracy)));
        return new(reference.Cell.World, reference.Cell.Poison, reference.Cell.Method, reference.Cell.Strength, [.. rows.Select((r, i) => r with { Harmful = harmful[i], Accuracy = accuracy[i] })]);
    }

    private static PairedDifference? Difference(CellResult method, CellResult reference, string series) => PairedDifference.Of(
    [
        .. from own in method.Runs
           join other in reference.Runs on own.Seed equals other.Seed
           where own.Score(series) is not null && other.Score(series) is not null
           select own.Score(series)!.Value - other.Score(series)!.Value,
    ]);

    private static List<PairedDifference?> Corrected(List<PairedDifference?> differences)
    {
        var compared = new Queue<double>(Holm.Adjust([.. differences.OfType<PairedDifference>().Select(d => d.P)]));
        return differences.ConvertAll(d => d is null ? null : d with { CorrectedP = compared.Dequeue() });
    }
}
