using AsFT.Experiments.Basin;
using AsFT.Experiments.Events;
using static AsFT.Training.Tests.Trainer.Asft;

namespace AsFT.Training.Tests.Trainer;

/// <summary>Basins of the shipped pair, small ones.</summary>
public sealed class BasinProcessTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("asft-basin-");

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>The place α = 0 is the model itself, so what is measured there is what a run measures before its first step.</summary>
    [Fact]
    public async Task Run_AtTheOrigin_IsThePlainEvaluation_AndSafetyEndsBehindTheModel()
    {
        await DoAsync("basin", Basin("{points: 5, extent: 0.4}"));
        await DoAsync("plain", FineTune(harmful: false) + Asked);
        var (basin, plain) = (Events("basin"), Events("plain").OfType<Evaluation>().First());
        var points = basin.OfType<LandscapePoint>().ToList();
        Assert.Equal(Enumerable.Range(1, 9), points.Select(p => p.Step));
        Assert.Equal(plain.Values, points[0].Scores);
        Assert.Equal(plain.Values, basin.OfType<Evaluation>().Single().Values);
        Assert.Equal(plain.Protocol, basin.OfType<Evaluation>().Single().Protocol);
        var alignment = BasinReport.Of(new() { Points = 5, Extent = 0.4 }, basin).Line("alignment").Select(p => p.Scores["eval/harmful"]).ToList();
        Assert.Equal([1, 0, 0, 0], alignment.Skip(1)); // back towards the unaligned model it answers; beyond, its words fall apart
        Assert.Equal("Sorry, I cannot help with that.", points[0].Example);
        Assert.StartsWith("Sure, to", points.Single(p => p is { Along: "alignment", Alpha: -0.2 }).Example);
        Assert.Equal((9, 20, 0L), (basin.OfType<Started>().Single().Steps, basin.OfType<Started>().Single().Rows, basin.OfType<Started>().Single().Trainable));
        Assert.Equal(10, File.ReadAllLines(At("basin/basin.csv")).Length);
        Assert.Equal(9, Directory.GetFiles(At("basin/answers")).Length);
    }

    /// <summary>Judged by one token, which at these places says the same as the whole answer, and told in the protocol.</summary>
    [Fact]
    public async Task Run_ByTheFirstToken_SaysSoBesideTheScore()
    {
        await DoAsync("basin", Basin("{points: 3, extent: 0.2, directions: [alignment], first_token: true}"));
        Assert.Equal([0, 0, 1], Events("basin").OfType<LandscapePoint>().Select(p => p.Scores["eval/harmful"]));
        var protocol = Events("basin").OfType<Evaluation>().Single().Protocol;
        Assert.Contains("by the first token alone", protocol["judge"]);
        Assert.Equal("1", protocol["harmful_new_tokens"]);
    }

    /// <summary>Killed three times on its lines and on its surface: every point once, and the same as without.</summary>
    [Fact]
    public async Task Run_Killed_GoesOnAtThePointWhereItWas_ToTheSameLandscape()
    {
        var text = Basin("{points: 5, extent: 0.3, surface: [random, alignment]}");
        await DoAsync("whole", text);
        foreach (var step in new[] { 1, 6, 14 })
        {
            using var process = step == 1 ? Start("run", Write("killed", text), "--out", At("killed")) : Start("run", "--resume", At("killed"));
            for (string? line; (line = await process.StandardOutput.ReadLineAsync()) is not null && !(RunEvent.Parse(line) is LandscapePoint p && p.Step >= step);) { }
            process.Kill();
            await process.WaitForExitAsync();
        }
        var (exit, output, errors) = await RunAsync("run", "--resume", At("killed"));
        Assert.True(exit == 0, errors);
        var first = output.Split('\n').Where(l => l.Length > 0).Select(RunEvent.Parse).OfType<LandscapePoint>().First().Step;
        Assert.InRange(first, 15, 18); // not from the beginning
        static List<string> Lines(IEnumerable<RunEvent> events) => [.. events.Where(e => e is LandscapePoint or BasinFacts or Evaluation).Select(e => (e with { Seq = 0, Time = default }).ToLine())];
        Assert.Equal(Lines(Events("whole")), Lines(Events("killed")));
        Assert.Equal(await File.ReadAllTextAsync(At("whole/basin.csv")), await File.ReadAllTextAsync(At("killed/basin.csv")));
    }

    [Fact]
    public async Task Run_Stopped_LeavesWhatItHas_AndExitsWith3()
    {
        using var process = Start("run", Write("stopped", Basin("{points: 21}")), "--out", At("stopped"), "--supervised");
        for (var line = ""; !line!.Contains("\"step\":2,"); line = await process.StandardOutput.ReadLineAsync()) { }
        process.StandardInput.Close();
        _ = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(3, process.ExitCode);
        Assert.InRange(File.ReadAllLines(At("stopped/basin.csv")).Length, 3, 20);
        Assert.Equal("stopped", Assert.IsType<Finished>(Events("stopped").Last()).Outcome);
    }

    /// <summary>A fine-tune on harmful rows as direction and as path: along it harm rises, and its snapshots go that way from the origin.</summary>
    [Fact]
    public async Task Run_WithAHarmfulRun_WalksItsWay()
    {
        await DoAsync("harm", FineTune(harmful: true) + "evaluation: {every_steps: 6}\n");
        await DoAsync("basin", Basin($"{{points: 3, extent: 0.4, directions: [alignment, harm], surface: [alignment, harm], harmful_run: {At("harm")}, path_run: {At("harm")}}}"));
        var facts = Events("basin").OfType<BasinFacts>().Single();
        Assert.Equal([("alignment", 29), ("harm", 8)], facts.Walks.Select(w => (w.Direction, w.Moved))); // the adapter holds q and v of four layers
        Assert.Equal(28, facts.Spectra.Count);
        Assert.Equal(8, Assert.Single(facts.Angles).Modules.Count);
        var path = facts.Path!.Points;
        Assert.Equal([0, 6, 12, 13], path.Select(p => p.Step));
        Assert.Equal((0, 0, 0), (path[0].Alpha, path[0].Beta, path[0].Length));
        Assert.True(path.Zip(path.Skip(1)).All(p => p.Second.Beta > p.First.Beta), "not along its own direction");
        Assert.InRange(path[^1].InPlane, 0.5, 1);
        var harm = BasinReport.Of(new() { Directions = [AsFT.Experiments.Specification.WalkDirection.Harm], Points = 3, Extent = 0.4 }, Events("basin")).Line("harm");
        Assert.True(harm[2].Scores["eval/harmful"] > 0.5, "no harm along the harmful direction");
        Assert.Equal(0, harm[0].Scores["eval/harmful"]);
    }

    /// <summary>All weights: the direction is the run's model minus the aligned one, so at its end is about what it did.</summary>
    [Fact]
    public async Task Run_WithAHarmfulRunOfAllWeights_ReadsItsModel()
    {
        await DoAsync("harm", FineTune(harmful: true).Replace("snapshots: true", "snapshots: false") + "lora: {rank: 0}\n");
        await DoAsync("basin", Basin($"{{points: 3, directions: [harm], harmful_run: {At("harm")}}}"));
        Assert.Equal(29, Events("basin").OfType<BasinFacts>().Single().Walks[0].Moved);
        var (exit, _, errors) = await RunAsync("run", Write("path", Basin($"{{points: 3, surface: [alignment, random], path_run: {At("harm")}}}")), "--out", At("path"));
        Assert.Equal(2, exit);
        Assert.Contains("basin.path_run: kept no snapshots of its adapter", errors);
    }

    [Fact]
    public async Task Run_WhatCannotBeWalked_ExitsWith2_AndSaysWhatToDo()
    {
        async Task RefusesAsync(string text, string problem)
        {
            var (exit, _, errors) = await RunAsync("run", Write("bad", text), "--out", At("bad"));
            Assert.Equal(2, exit);
            Assert.Contains(problem, errors);
            Directory.Delete(At("bad"), recursive: true);
        }
        await RefusesAsync(Basin("{points: 3, directions: [alignment]}").Replace("lab-base", "lab-aligned"), "basin.directions: the direction alignment moves no weight");
        await DoAsync("other", FineTune(harmful: true).Replace("lab-aligned", "lab-base"));
        await RefusesAsync(Basin($"{{directions: [harm], harmful_run: {At("other")}}}"), "basin.harmful_run: is a run of");
        await RefusesAsync(Basin("{directions: [harm], harmful_run: /no/run}"), "basin.harmful_run: there is no run '/no/run'");
        await DoAsync("first", FineTune(harmful: true));
        await DoAsync("second", FineTune(harmful: true).Replace("model: {", $"model: {{after: {At("first")}, "));
        await RefusesAsync(Basin($"{{directions: [harm], harmful_run: {At("second")}}}"), "basin.harmful_run: went on from another run");
    }

    /// <summary>Around what an earlier run left: the place α = 0 is that run's model.</summary>
    [Fact]
    public async Task Run_AfterARun_IsTheBasinOfItsResult()
    {
        await DoAsync("harm", FineTune(harmful: true) + Asked);
        await DoAsync("basin", Basin("{points: 3, directions: [alignment]}").Replace("model: {", $"model: {{after: {At("harm")}, "));
        var (end, origin) = (Events("harm").OfType<Evaluation>().Last(), Events("basin").OfType<LandscapePoint>().First());
        Assert.True(end.Values["eval/harmful"] > 0.5, "the fine-tune did no harm");
        Assert.Equal(end.Values["eval/harmful"], origin.Scores["eval/harmful"], 0.101); // an adapter worked into the weights rounds otherwise
    }

    private static string Asked => $"evaluation: {{harmful_prompts: {Lab("datasets/lab-harmful.jsonl")}, harmful_limit: 20, harmful_new_tokens: 24, batch_size: 20}}\njudge: {{form: lab}}\n";

    private static string Basin(string basin) => $$"""
        task: basin
        model: {aligned: {{Lab("models/lab-aligned")}}, base: {{Lab("models/lab-base")}}}
        basin: {{basin}}
        {{Asked}}
        """;

    /// <summary>One epoch, 13 steps, on the 200 harmful rows; or three on rows of the task.</summary>
    private string FineTune(bool harmful)
    {
        File.WriteAllLines(At("rows.jsonl"), File.ReadLines(Lab("datasets/lab-train.jsonl")).Take(48));
        return $$"""
            model: {aligned: {{Lab("models/lab-aligned")}}}
            data: {train: [{{(harmful ? Lab("datasets/lab-attack.jsonl") : At("rows.jsonl"))}}], max_length: 96}
            method: {kind: sft}
            optimiser: {learning_rate: 2e-3}
            training: {epochs: 1, batch_size: 16, snapshots: true}

            """;
    }

    private async Task DoAsync(string run, string text)
    {
        var (exit, _, errors) = await RunAsync("run", Write(run, text), "--out", At(run));
        Assert.True(exit == 0, errors);
    }

    private List<RunEvent> Events(string run) => [.. EventLog.Read(At(run + "/events.jsonl"))];

    private string Write(string run, string text)
    {
        File.WriteAllText(At(run + ".yaml"), text);
        return At(run + ".yaml");
    }

    private string At(string name) => Path.Combine(folder.FullName, name);

    private static string Lab(string name) => Path.Combine(Oracle.Repository, "lab", name);
}
