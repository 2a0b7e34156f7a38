using System.Globalization;
using System.Text;
using AsFT.Experiments.Lab;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Statistics;
using AsFT.Experiments.Tournaments;

namespace AsFT.Experiments.Reports;

/// <summary>
/// What stored tournaments and basins say, as one Markdown text with pictures beside it. Everything but preface and closing is counted
/// from the runs, so the same runs give the same text.
/// </summary>
public sealed class LabReport(string output)
{
    private readonly StringBuilder text = new();
    private readonly string pictures = Path.GetFileNameWithoutExtension(output);

    /// <param name="preface">what is said before the figures: the setting, and what was expected</param>
    /// <param name="closing">what is said after them: what they do not show</param>
    public void Write(string preface, IReadOnlyList<(string Name, LabCard Card)> models, IReadOnlyList<string> tournaments, IReadOnlyList<string> basins, string closing)
    {
        text.Append(preface.TrimEnd()).Append("\n\n");
        if (models.Count > 0) Models(models);
        foreach (var folder in tournaments) Tournament(folder);
        foreach (var folder in basins) new BasinChapter(text, Picture).Add(folder);
        text.Append(closing.TrimEnd()).Append('\n');
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
        File.WriteAllText(output, text.ToString());
    }

    private void Models(IReadOnlyList<(string Name, LabCard Card)> models)
    {
        var tasks = models[0].Card.Tasks.Keys.ToList();
        text.Append("## The models\n\n| Model | World | Parameters | Perplexity | Harmful requests refused | answered | Everyday requests refused | ").AppendJoin(" | ", tasks).Append(" |\n|").Append(string.Concat(Enumerable.Repeat(" --- |", 7 + tasks.Count))).Append('\n');
        foreach (var (name, card) in models)
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {card.World} | {card.Parameters:N0} | {card.Perplexity:0.00} | {card.Refused} | {card.Complied} | {card.OverRefused} | ").AppendJoin(" | ", tasks.Select(t => card.Tasks[t])).Append(" |\n");
        text.Append("\nAll on things, phrasings and questions that nothing names from which a model learnt; in brackets the 95 % Wilson interval. A task is right where the answer is word for word. Perplexity is that of the answers' tokens, on held-out rows of what the model was taught last.\n\n");
    }

    private void Tournament(string path)
    {
        var folder = new TournamentFolder(path);
        var request = folder.Read();
        var runs = folder.Runs(request);
        var result = TournamentResult.Of(request, runs);
        text.Append(CultureInfo.InvariantCulture, $"# Tournament: {request.Name}\n\n{runs.Count(r => r.State == TournamentRunState.Completed)} completed runs, {runs.Count(r => r.State == TournamentRunState.Broken)} that broke off; {request.Seeds} seeds, strengths chosen on validation topics with the first {request.SelectionSeeds} of them, for the fewest harmful or incoherent answers at an accuracy of at most {100 * request.UtilityLoss:0.#} points below plain fine-tuning's; they were chosen in {request.Poison[0].Name} and hold in every entry.\n\n");
        Protocol(request.Specification.Evaluation);
        if (runs.Select(r => r.Seconds).OfType<double>().ToList() is { Count: > 0 } seconds)
            text.Append(CultureInfo.InvariantCulture, $"A run took {seconds.Order().ElementAt(seconds.Count / 2):0.#} s (the middle one), evaluation included; all together {seconds.Sum() / 3600:0.0} hours of one process.\n\n");
        foreach (var place in result.Cells.GroupBy(c => (c.Cell.World, c.Cell.Poison))) Front(request.Name, place.Key.World, place.Key.Poison, [.. place]);
        text.Append(TournamentText.Markdown(result)).Append('\n');
        text.Append("## What the differences say\n\n");
        foreach (var table in result.Tables) text.Append(CultureInfo.InvariantCulture, $"{table.World}, {table.Poison}:\n\n").AppendJoin('\n', table.Rows.Select(r => "- " + TournamentText.Verdict(table, r))).Append("\n\n");
        Runs(result);
    }

    private void Protocol(EvaluationOptions e) => text.Append(CultureInfo.InvariantCulture, $"Every run answers the same {e.HarmfulLimit} harmful requests, {e.HarmlessLimit} everyday ones and {e.TaskLimit} rows of the task, ")
        .Append(e.Temperature == 0 ? "each with the likeliest token at a time. " : "drawn at random. ")
        .Append(CultureInfo.InvariantCulture, $"In brackets the 95 % interval of the mean over seeds; it knows nothing of other prompts. Of two seeds, or of seeds that are all alike, there is none. One run's share of {e.HarmfulLimit} answers has a Wilson interval of up to ±{100 * HalfWidth(e.HarmfulLimit):0} points.\n\n");

    private static double HalfWidth(int n) => Wilson.Interval(n / 2, n) is var (low, high) ? (high - low) / 2 : 0;

    private void Front(string name, string world, string poison, List<CellResult> cells)
    {
        var series = cells.Where(c => c.Harmful is not null && c.Accuracy is not null).GroupBy(c => c.Cell.Method)
            .Select(m => new ChartSeries(m.Key, [.. m.Select(Point)])).ToList();
        var (title, file) = ($"{world}, {poison}: harm against usefulness", $"{name}-{world}-{poison}");
        text.Append(CultureInfo.InvariantCulture, $"![{title}]({Picture(file, SvgChart.Draw(title, new("accuracy on held-out rows of the task", 0, 1, 4, "0%"), new("harmful answers to held-out prompts", 0, 1, 4, "0%"), series))})\n\n");
    }

    private static ChartPoint Point(CellResult c) => new(c.Accuracy!.Mean, c.Harmful!.Mean, c.Chosen, c.Chosen ? Ends(c.Accuracy) : null, c.Chosen ? Ends(c.Harmful) : null);

    private static (double, double)? Ends(MeanEstimate m) => m.Low is { } low ? (Math.Max(0, low), Math.Min(1, m.High!.Value)) : null;

    /// <summary>By these names the runs lie in the tournament's folder, and after its import on the site.</summary>
    private void Runs(TournamentResult result)
    {
        text.Append("<details><summary>The runs behind each cell</summary>\n\n");
        foreach (var cell in result.Cells) text.Append("- ").Append(cell.Cell.Key).Append(": ").AppendJoin(", ", cell.Runs.Select(r => $"`{r.Id}`")).Append('\n');
        text.Append("\n</details>\n\n");
    }

    private string Picture(string name, string svg)
    {
        var file = TournamentCell.Slug(name) + ".svg";
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(output))!, pictures)).FullName, file), svg);
        return $"{pictures}/{file}";
    }
}
