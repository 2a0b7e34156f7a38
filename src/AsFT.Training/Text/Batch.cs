using AsFT.Experiments.Text;

namespace AsFT.Training.Text;

/// <summary>
/// Rows side by side, padded on the right. A line holds one row, or several behind one another (packed), each of which
/// counts its places from 0 and sees only itself. Only positions whose next id is learnt are listed, so that the head is applied to those alone.
/// </summary>
/// <param name="Lines">how many lines</param>
/// <param name="Width">their length</param>
/// <param name="Ids">Lines × Width, line by line</param>
/// <param name="Positions">places in Ids from which a learnt id is predicted</param>
/// <param name="Targets">the id to predict at each of them, row by row</param>
/// <param name="Source">the rows themselves</param>
/// <param name="Packing">for packed lines, Lines × Width: the place of each id in its row, and the number of its row</param>
public sealed record Batch(int Lines, int Width, long[] Ids, long[] Positions, long[] Targets, IReadOnlyList<TokenisedRow> Source, (long[] Places, long[] Rows)? Packing)
{
    public static Batch Of(IReadOnlyList<TokenisedRow> rows, int padId, int leastWidth = 0) => Of([.. rows.Select(r => (IReadOnlyList<TokenisedRow>)[r])], padId, leastWidth);

    /// <param name="lines">the rows of each line</param>
    /// <param name="padId">what fills a line up; it is masked out</param>
    /// <param name="leastWidth">pad at least to this</param>
    public static Batch Of(IReadOnlyList<IReadOnlyList<TokenisedRow>> lines, int padId, int leastWidth = 0)
    {
        var width = Math.Max(leastWidth, lines.Max(l => l.Sum(r => r.Ids.Length)));
        var ids = Enumerable.Repeat((long)padId, lines.Count * width).ToArray();
        var (places, numbers) = (new long[ids.Length], Enumerable.Repeat(-1L, ids.Length).ToArray());
        var (positions, targets) = (new List<long>(), new List<long>());
        var number = 0;
        for (var l = 0; l < lines.Count; l++)
        {
            var begin = l * width;
            foreach (var row in lines[l])
            {
                for (var t = 0; t < row.Ids.Length; t++) (ids[begin + t], places[begin + t], numbers[begin + t]) = (row.Ids[t], t, number);
                for (var t = Math.Max(1, row.PromptLength); t < row.Ids.Length; t++)
                {
                    positions.Add(begin + t - 1);
                    targets.Add(row.Ids[t]);
                }
                begin += row.Ids.Length;
                number++;
            }
        }
        return new(lines.Count, width, ids, [.. positions], [.. targets], [.. lines.SelectMany(l => l)], lines.All(l => l.Count == 1) ? null : (places, numbers));
    }
}
