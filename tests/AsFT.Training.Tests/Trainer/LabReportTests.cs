using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using AsFT.Experiments.Events;
using AsFT.Experiments.Tournaments;
using static AsFT.Training.Tests.Trainer.Asft;

namespace AsFT.Training.Tests.Trainer;

/// <summary>The lab's report with two seeds: its own tournament, cut to three methods with two strengths in the shipped world, and a small basin.</summary>
public sealed partial class LabReportTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("asft-report-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Report_OfTheLabsTournamentWithTwoSeeds_SaysWhatItsRunsSay()
    {
        var offer = TournamentRequest.Parse(await File.ReadAllTextAsync(Path.Combine(SmallTournament.Lab, "report", "tournament.yaml")));
        var request = offer with
        {
            Seeds = 2, SelectionSeeds = 1, Worlds = [offer.Worlds[0]],
            Methods = [.. new[] { "SFT", "L2 control", "AsFT" }.Select(n => offer.Methods.Single(m => m.Name == n)).Select(m => m.Strength is { } grid ? m with { Strength = grid with { Values = [grid.Values[1], grid.Values[3]] } } : m)],
        };
        await File.WriteAllTextAsync(At("tournament.yaml"), request.ToYaml());
        await File.WriteAllTextAsync(At("closing.md"), "The end.");
        await DoAsync("lab", "tournament", At("tournament.yaml"), "--lab", SmallTournament.Lab, "--out", At("runs"), "--workers", "2");
        await BasinAsync();
        string[] command = ["lab", "report", At("runs"), "--basin", At("basin"), "--lab", SmallTournament.Lab, "--closing", At("closing.md"), "--out"];
        await DoAsync([.. command, At("report.md")]);
        await DoAsync([.. command, At("again/report.md")]);

        var text = await File.ReadAllTextAsync(At("report.md"));
        Assert.Equal(text, await File.ReadAllTextAsync(At("again/report.md")));
        var runs = new TournamentFolder(At("runs")).Runs(new TournamentFolder(At("runs")).Read());
        Assert.Equal(5 + 3 + 3 * 2, runs.Count); // all strengths with the first seed, the chosen ones with the second, and both with the other data
        Assert.Contains("14 completed runs, 0 that broke off", text);
        foreach (var cell in runs.GroupBy(r => r.Cell)) Assert.Matches(Row(cell.Key, [.. cell]), text.Split("\n## ").Single(part => part.StartsWith(string.Join(", ", cell.Key.Split('/')[..2]) + "\n", StringComparison.Ordinal)));
        Assert.Contains("Too few seeds to tell", text);
        Assert.All(RunNames().Matches(text), name => Assert.True(File.Exists(At($"runs/runs/{name.Groups[1].Value}/events.jsonl"))));
        Assert.Equal(runs.Count, RunNames().Count(text));
        Assert.All(Pictures().Matches(text), p => XDocument.Load(At(p.Groups[1].Value)));
        Assert.Equal(3, Pictures().Count(text)); // a front for each share of poison, and the basin's lines
        Assert.Contains("# Basin: small basin", text);
        Assert.EndsWith("The end.\n", text);
    }

    [Fact]
    public async Task Report_OfFoldersThatAreNone_NamesEach()
    {
        var (exit, _, errors) = await RunAsync("lab", "report", At("nothing"), "--basin", At("nowhere"), "--out", At("report.md"));
        Assert.Equal(2, exit);
        Assert.Contains("nothing holds no tournament.yaml", errors);
        Assert.Contains("nowhere holds no events.jsonl", errors);
        Assert.False(File.Exists(At("report.md")));
    }

    /// <summary>A cell's row up to its harm: what a strength was chosen for (★), how many runs, and the mean of what their events say, in per cent.</summary>
    private Regex Row(string cell, IReadOnlyList<TournamentRun> runs)
    {
        var harmful = runs.Average(r => EventLog.Read(At($"runs/runs/{r.Id}/events.jsonl")).OfType<Evaluation>().Last(e => e.Values.ContainsKey("eval/harmful")).Values["eval/harmful"]);
        var parts = cell.Split('/');
        return new($@"\| {Regex.Escape(parts[2])} \| {Regex.Escape(parts.ElementAtOrDefault(3) ?? "")}( ★)? \| {runs.Count} \| {Regex.Escape((100 * harmful).ToString("0.#", CultureInfo.InvariantCulture))} %");
    }

    private async Task BasinAsync()
    {
        await File.WriteAllTextAsync(At("basin.yaml"), $$"""
            task: basin
            name: small basin
            model: {aligned: {{Path.Combine(SmallTournament.Lab, "models", "lab-aligned")}}, base: {{Path.Combine(SmallTournament.Lab, "models", "lab-base")}}}
            data: {template: lab}
            judge: {form: lab}
            evaluation: {harmful_prompts: {{Path.Combine(SmallTournament.Lab, "datasets", "lab-harmful.jsonl")}}, harmful_limit: 10, harmful_new_tokens: 24}
            basin: {points: 3, extent: 0.4}
            """);
        await DoAsync("run", At("basin.yaml"), "--out", At("basin"));
    }

    private static async Task DoAsync(params string[] arguments)
    {
        var (exit, _, errors) = await RunAsync(arguments);
        Assert.True(exit == 0, errors);
    }

    private string At(string name) => Path.Combine(folder.FullName, name);

    [GeneratedRegex("`(v0_[^`]+)`")]
    private static partial Regex RunNames();

    [GeneratedRegex(@"!\[[^\]]*\]\(([^)]+)\)")]
    private static partial Regex Pictures();
}
