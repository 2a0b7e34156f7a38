namespace AsFT.Experiments.Datasets;

/// <summary>Labels that stand together, and in how many rows exactly these do.</summary>
public sealed record LabelSet(IReadOnlyList<string> Labels, long Rows);

/// <summary>
/// Which labels stand together in a multi-label dataset. Cardinality and distinct label sets are those of Tsoumakas and
/// Katakis 2007: |Y| averaged over rows, and the number of different Y.
/// </summary>
public sealed record LabelSets
{
    /// <summary>[k] rows have k labels; [0] is how many have none.</summary>
    public required IReadOnlyList<long> RowsBySize { get; init; }

    /// <summary>Null where there are more than <see cref="LabelSetCounter.MostSets"/>.</summary>
    public long? Distinct { get; init; }

    /// <summary>The most frequent, the largest first.</summary>
    public required IReadOnlyList<LabelSet> MostFrequent { get; init; }

    /// <summary>
    /// [i][j] rows have both label i and label j, in the order of the summary's labels; [i][i] is label i's own rows.
    /// Null above <see cref="LabelSetCounter.MostPaired"/> labels.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<long>>? Together { get; init; }

    /// <summary>Mean number of labels of a row.</summary>
    public double Cardinality() => RowsBySize.Sum() is > 0 and var rows ? RowsBySize.Select((n, size) => (double)n * size).Sum() / rows : 0;

    /// <summary>P(j | i): the share of label i's rows that have label j too; 0 where i never occurs.</summary>
    public double Share(int i, int j) => Together![i][i] == 0 ? 0 : (double)Together[i][j] / Together[i][i];

    /// <summary>
    /// P(i, j) / (P(i) P(j)): 1 where two labels have nothing to do with one another, above where they attract, below where
    /// they repel. NaN where one of them never occurs.
    /// </summary>
    public double Lift(int i, int j) => (double)Together![i][j] * RowsBySize.Sum() / ((double)Together[i][i] * Together[j][j]);
}
