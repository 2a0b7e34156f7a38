namespace AsFT.Experiments.Statistics;

internal static class Rows
{
    /// <summary>Rows of equal length as (rows, columns).</summary>
    public static T[,] Table<T>(IReadOnlyList<T[]> rows)
    {
        var table = new T[rows.Count, rows.Count == 0 ? 0 : rows[0].Length];
        for (var r = 0; r < rows.Count; r++)
            for (var c = 0; c < rows[r].Length; c++) table[r, c] = rows[r][c];
        return table;
    }
}
