namespace AsFT.Experiments.Datasets;

/// <summary>Counts labels row by row, in memory that does not grow with the rows.</summary>
/// <param name="labels">those known beforehand; others are added as they appear</param>
internal sealed class LabelSetCounter(IEnumerable<string> labels)
{
    public const int MostSets = 50_000, MostPaired = 200;
    private const int Shown = 10;

    private readonly List<string> names = [.. labels];
    private readonly Dictionary<string, int> index = labels.Select((name, i) => (name, i)).ToDictionary(l => l.name, l => l.i, StringComparer.Ordinal);
    private readonly List<long> rows = [.. labels.Select(_ => 0L)], sizes = [0];
    private readonly Dictionary<(int, int), long> pairs = [];
    private readonly Dictionary<string, (int[] Labels, long Rows)> sets = [];
    private bool moreSets;

    /// <summary>In how many rows each label stands.</summary>
    public IReadOnlyList<LabelCount> Labels => [.. names.Select((name, i) => new LabelCount(name, rows[i]))];

    /// <param name="row">the labels of one row, none of them twice</param>
    public void Add(IReadOnlyList<string> row)
    {
        int[] set = [.. row.Select(IndexOf).Order()];
        while (sizes.Count <= set.Length) sizes.Add(0);
        sizes[set.Length]++;
        foreach (var i in set) rows[i]++;
        for (var a = 0; a < set.Length; a++)
            for (var b = a + 1; b < set.Length && set[b] < MostPaired; b++) pairs[(set[a], set[b])] = pairs.GetValueOrDefault((set[a], set[b])) + 1;
        var key = string.Join(',', set);
        if (sets.TryGetValue(key, out var known)) sets[key] = known with { Rows = known.Rows + 1 };
        else if (sets.Count < MostSets) sets[key] = (set, 1);
        else moreSets = true;
    }

    public LabelSets Result() => new()
    {
        RowsBySize = sizes,
        Distinct = moreSets ? null : sets.Count,
        MostFrequent = [.. sets.Values.OrderByDescending(s => s.Rows).ThenBy(s => s.Labels.Length).ThenBy(s => string.Join(',', s.Labels), StringComparer.Ordinal).Take(Shown).Select(s => new LabelSet([.. s.Labels.Select(i => names[i])], s.Rows))],
        Together = names.Count > MostPaired ? null : [.. names.Select((_, i) => (IReadOnlyList<long>)[.. names.Select((_, j) => i == j ? rows[i] : pairs.GetValueOrDefault((Math.Min(i, j), Math.Max(i, j))))])],
    };

    private int IndexOf(string label)
    {
        if (index.TryGetValue(label, out var known)) return known;
        names.Add(label);
        rows.Add(0);
        return index[label] = names.Count - 1;
    }
}
