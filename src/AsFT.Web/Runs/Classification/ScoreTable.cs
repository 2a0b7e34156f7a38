using System.Globalization;
using CsvHelper;

namespace AsFT.Web.Runs.Classification;

/// <summary>Scores as CSV, and the cells of its rows below the header.</summary>
public sealed record ScoreTable(string Csv, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <param name="lines">as printed; a label's name may hold commas, quotes and line breaks</param>
    public static ScoreTable Of(IReadOnlyList<string> lines)
    {
        var csv = string.Join('\n', lines) + "\n";
        using var parser = new CsvParser(new StringReader(csv), CultureInfo.InvariantCulture);
        var rows = new List<IReadOnlyList<string>>();
        while (parser.Read()) rows.Add(parser.Record!);
        return new(csv, rows[1..]);
    }
}
