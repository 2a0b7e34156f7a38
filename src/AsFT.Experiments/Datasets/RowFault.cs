namespace AsFT.Experiments.Datasets;

/// <summary>A row that was set aside: which, in what column, what stood there and what to do about it.</summary>
public sealed record RowFault(long Row, string Column, string Value, string Problem)
{
    private const int LongestValue = 200;

    public static RowFault At(long row, string column, string? value, string problem) =>
        new(row, column, value is null ? "" : value.Length <= LongestValue ? value : value[..(char.IsHighSurrogate(value[LongestValue - 1]) ? LongestValue - 1 : LongestValue)] + "…", problem);

    public override string ToString() => $"row {Row}{(Column.Length > 0 ? $", column '{Column}', '{Value}'" : "")}: {Problem}";
}

/// <summary>A file that cannot be read as a dataset at all. The message says what to do.</summary>
public sealed class DatasetException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Ends the reading of a row at the cell that is wrong.</summary>
internal sealed class CellException(string column, string? value, string problem) : Exception(problem)
{
    public string Column { get; } = column;
    public string? Value { get; } = value;
}
