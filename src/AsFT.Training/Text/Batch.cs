using AsFT.Experiments.Text;

namespace AsFT.Training.Text;

/// <summary>
/// Rows side by side, padded on the right to the longest. Only positions whose next id is learnt are listed, so that
/// the head is applied to those alone.
/// </summary>
/// <param name="Ids">Rows × Width, row by row</param>
/// <param name="Positions">places in Ids from which a learnt id is predicted</param>
/// <param name="Targets">the id to predict at each of them, row by row</param>
/// <param name="Source">the rows themselves</param>
public sealed record Batch(int Width, long[] Ids, long[] Positions, long[] Targets, IReadOnlyList<TokenisedRow> Source)
{
    public int Rows => Source.Count;

    public static Batch Of(IReadOnlyList<TokenisedRow> rows, int padId)
    {
        var width = rows.Max(r => r.Ids.Length);
        var ids = Enumerable.Repeat((long)padId, rows.Count * width).ToArray();
        var (positions, targets) = (new List<long>(), new List<long>());
        for (var r = 0; r < rows.Count; r++)
        {
            for (var t = 0; t < rows[r].Ids.Length; t++) ids[r * width + t] = rows[r].Ids[t];
            for (var t = Math.Max(1, rows[r].PromptLength); t < rows[r].Ids.Length; t++)
            {
                positions.Add(r * width + t - 1);
                targets.Add(rows[r].Ids[t]);
            }
        }
        return new(width, ids, [.. positions], [.. targets], rows);
    }
}
