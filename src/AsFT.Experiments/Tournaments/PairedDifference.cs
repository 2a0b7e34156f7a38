using AsFT.Experiments.Statistics;

namespace AsFT.Experiments.Tournaments;

/// <summary>
/// A method's score minus the reference's, seed by seed on the same data: the mean, its bootstrap interval at 95 % (null for fewer than six pairs, which no interval of theirs could describe),
/// and the exact sign test, by itself and corrected by Holm for all methods of its table.
/// </summary>
/// <param name="Lower">pairs in which the method's score is the lower one; ties are in neither count</param>
public sealed record PairedDifference(int Pairs, double Mean, double? Low, double? High, int Lower, int Higher, double P, double CorrectedP)
{
    private const int BootstrapSeed = 1, BootstrapRounds = 4000;

    /// <summary>With fewer the sign test cannot fall below 5 % either.</summary>
    private const int FewestForAnInterval = 6;

    /// <summary>By both: the interval leaves out 0, and the corrected test is below 5 %.</summary>
    public bool IsToldApart => CorrectedP < 0.05 && (Low > 0 || High < 0);

    /// <summary>Not yet corrected.</summary>
    public static PairedDifference? Of(IReadOnlyList<double> differences)
    {
        if (differences.Count == 0) return null;
        var (lower, higher) = (differences.Count(d => d < 0), differences.Count(d => d > 0));
        var p = SignTest.P(lower, higher);
        var interval = differences.Count < FewestForAnInterval ? ((double, double)?)null
            : Bootstrap.Interval(differences.Count, places => places.Average(i => differences[i]), BootstrapSeed, BootstrapRounds, Bootstrap.MeanTail(differences.Count));
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
    /// <summary>The most pairs that any row has, and how many rows have some.</summary>
    public int Pairs => Rows.Max(r => r.Harmful?.Pairs ?? 0);
    public int Compared => Rows.Count(r => r.Harmful is not null);

    /// <summary>How many of all pairs must go one way, at least, for the clearest row to be told apart; null where even all of them are too few.</summary>
    public int? PairsNeeded => Enumerable.Range(0, Pairs + 1).Where(w => 2 * w > Pairs && SignTest.P(w, Pairs - w) * Compared < 0.05).Cast<int?>().FirstOrDefault();

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
