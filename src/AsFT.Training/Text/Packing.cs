using AsFT.Experiments.Text;

namespace AsFT.Training.Text;

/// <summary>Fits short rows behind one another into lines, so that little is padding.</summary>
public static class Packing
{
    /// <summary>First fit by falling length: each row goes into the first line that has room, else a new one is begun.</summary>
    public static IReadOnlyList<IReadOnlyList<TokenisedRow>> Of(IReadOnlyList<TokenisedRow> rows, int width)
    {
        var lines = new List<(List<TokenisedRow> Rows, int Room)>();
        foreach (var row in rows.OrderByDescending(r => r.Ids.Length)) // stable, so equal lengths keep their order
        {
            var at = lines.FindIndex(l => l.Room >= row.Ids.Length);
            if (at < 0) lines.Add(([row], width - row.Ids.Length));
            else
            {
                lines[at].Rows.Add(row);
                lines[at] = (lines[at].Rows, lines[at].Room - row.Ids.Length);
            }
        }
        return lines.ConvertAll(l => (IReadOnlyList<TokenisedRow>)l.Rows);
    }
}
