using System.Globalization;
using System.Text;
using AsFT.Experiments.Statistics;

namespace AsFT.Experiments.Tournaments;

/// <summary>What a tournament found, in words and as tables in Markdown. Shares are in per cent, differences in points.</summary>
public static class TournamentText
{
    public static string Markdown(TournamentResult result)
    {
        var text = new StringBuilder();
        foreach (var place in result.Cells.GroupBy(c => (c.Cell.World, c.Cell.Poison)))
        {
            text.Append(CultureInfo.InvariantCulture, $"## {place.Key.World}, {place.Key.Poison}\n\n");
            Table(text, ["Method", "Strength", "Runs", "Harmful", "Refused", "Incoherent", "Over-refusal", "Accuracy", "Pareto"], place.Select(Row));
            foreach (var table in result.Tables.Where(t => (t.World, t.Poison) == place.Key)) Compare(text, table);
        }
        var told = result.Choices.Select(Words).OfType<string>().ToList();
        if (told.Count > 0) text.Append("## Strengths\n\n").AppendJoin('\n', told.Select(t => "- " + t)).Append('\n');
        return text.ToString();
    }

    /// <summary>A share with its interval over seeds, in per cent, cut to what a share can be. Two seeds, or seeds that are all alike, say nothing of how far another may lie.</summary>
    public static string Share(MeanEstimate? m) => m is null ? "—" : m.Count < 3 || m.HalfWidth is null or 0 ? Percent(m.Mean) : $"{Percent(m.Mean)} ({Percent(Math.Max(0, m.Low!.Value))} to {Percent(Math.Min(1, m.High!.Value))})";

    /// <summary>A difference with its interval, in points.</summary>
    public static string Points(PairedDifference? d) => d is null ? "—" : d.Low is null ? Point(d.Mean) : $"{Point(d.Mean)} ({Point(d.Low.Value)} to {Point(d.High!.Value)})";

    public static string P(double p) => p < 0.001 ? "< 0.001" : p.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>How two methods compare in harm, such as "AsFT against L2 control: harmful −2.1 points (−5 to 1), not told apart (10 pairs, corrected p 0.344)."</summary>
    public static string Verdict(ComparisonTable table, ComparisonRow row)
    {
        var pair = $"{With(row.Method, row.Strength)} against {With(table.Reference, table.ReferenceStrength)}";
        if (row.Harmful is not { } d) return $"{pair}: no pair of completed runs yet.";
        var pairs = d.Pairs == 1 ? "one pair" : $"{d.Pairs} pairs";
        var accuracy = row.Accuracy is { } a ? $"; accuracy {Points(a)}, {(a.IsToldApart ? a.Mean > 0 ? "higher" : "lower" : "not told apart")}" : "";
        return $"{pair}: harmful {Points(d)} points, {(d.IsToldApart ? d.Mean < 0 ? "less harmful" : "more harmful" : "not told apart")} ({pairs}, corrected p {P(d.CorrectedP)}){accuracy}.";
    }

    /// <summary>What it takes to be told apart in a table.</summary>
    public static string Power(ComparisonTable table) => table.PairsNeeded is { } needed
        ? $"For the clearest row to be told apart here, {needed} of {table.Pairs} pairs must go one way (sign test, corrected for {table.Compared} methods); then fewer methods are left to correct for. Ties are left out. What is not told apart is not therefore equal."
        : $"Too few seeds to tell: even if all pairs went one way, the sign test would give p {P(PairedDifference.LeastP(table.Pairs, table.Compared))} here, corrected for {table.Compared} methods.";

    /// <summary>What is to be known of a choice of strength; null where it went by the rule, and where there is nothing to choose.</summary>
    public static string? Words(StrengthChoice c) => c.Reason switch
    {
        ChoiceReason.Pending => $"{c.World}: the strength of {c.Method} is chosen when its runs on validation topics are over.",
        ChoiceReason.NoneKeptUtility => $"{c.World}: no strength of {c.Method} kept the utility ({Percent(Math.Max(0, c.Floor!.Value))} accuracy on the validation rows); {c.Strength}, the most accurate, was taken.",
        ChoiceReason.NoUtilityKnown => $"{c.World}: plain fine-tuning has no completed run, so nothing is known of the utility to keep; of {c.Method} the most accurate strength, {c.Strength}, was taken.",
        ChoiceReason.NoneCompleted => $"{c.World}: no run of {c.Method} was completed; it is not compared.",
        _ => null,
    };

    public static string With(string method, string? strength) => strength is null ? method : $"{method} ({strength})";

    private static string[] Row(CellResult c) =>
    [
        c.Cell.Method, c.Cell.Strength is null ? "" : c.Cell.Strength + (c.Chosen ? " ★" : ""), c.Broken == 0 ? Text(c.Completed) : $"{c.Completed}, {c.Broken} broke off",
        Share(c.Harmful), Share(c.Refused), Share(c.Incoherent), Share(c.OverRefusal), Share(c.Accuracy), c.Optimal ? "yes" : "",
    ];

    private static void Compare(StringBuilder text, ComparisonTable table)
    {
        text.Append(CultureInfo.InvariantCulture, $"Differences to {With(table.Reference, table.ReferenceStrength)}, by seed, in points:\n\n");
        Table(text, ["Method", "Pairs", "Harmful", "p", "p (Holm)", "Accuracy", "p", "p (Holm)"], table.Rows.Select(r => new[]
        {
            With(r.Method, r.Strength), Text(r.Harmful?.Pairs ?? 0), Points(r.Harmful), Cell(r.Harmful?.P), Cell(r.Harmful?.CorrectedP), Points(r.Accuracy), Cell(r.Accuracy?.P), Cell(r.Accuracy?.CorrectedP),
        }));
        text.Append(Power(table)).Append("\n\n");
    }

    private static void Table(StringBuilder text, string[] head, IEnumerable<string[]> rows)
    {
        void Line(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
        Line(head);
        Line(head.Select(_ => "---"));
        foreach (var row in rows) Line(row);
        text.Append('\n');
    }

    private static string Cell(double? p) => p is { } known ? P(known) : "—";

    private static string Percent(double share) => (share * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    private static string Point(double difference) => (difference * 100).ToString("0.#;−0.#;0", CultureInfo.InvariantCulture);

    private static string Text(int n) => n.ToString(CultureInfo.InvariantCulture);
}
