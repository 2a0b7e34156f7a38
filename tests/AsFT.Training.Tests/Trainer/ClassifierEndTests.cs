using AsFT.Experiments.Classification;
using AsFT.Experiments.Events;
using static AsFT.Training.Tests.Trainer.Asft;

namespace AsFT.Training.Tests.Trainer;

/// <summary>How a run of classification ends: by itself, early, stopped or killed.</summary>
public sealed class ClassifierEndTests : ClassifierWorkplace
{
    /// <summary>Killed while it tells its reports, and resumed: no step more, the same scores, the same classifier.</summary>
    [Fact]
    public async Task Run_EndedEarlyAndKilledAtItsReports_ResumesToTheSameEnd()
    {
        var text = Patient();
        Assert.Equal(0, (await RunAsync("run", Write(text), "--out", At("whole"))).Exit);
        Assert.Contains(Events("whole").OfType<Log>(), l => l.Message.StartsWith("ended early", StringComparison.Ordinal));
        await KillAsync(text, "killed", e => e is LabelReport);
        var lines = await File.ReadAllLinesAsync(At("killed/events.jsonl"));
        await File.WriteAllLinesAsync(At("killed/events.jsonl"), lines.Take(1 + Array.FindIndex(lines, l => RunEvent.Parse(l) is LabelReport))); // as if the kill had come at once
        if (Directory.Exists(At("killed/classifier"))) Directory.Delete(At("killed/classifier"), recursive: true);
        Assert.Equal(0, (await RunAsync("run", "--resume", At("killed"))).Exit);
        Assert.Equal(Curves("whole"), Curves("killed"));
        AssertSameClassifier("whole", "killed");
    }

    /// <summary>A stop in the end stage: the checkpoint keeps the last weights, not the best.</summary>
    [Fact]
    public async Task Run_Stopped_KeepsTheBestSoFarAsAClassifier_AndResumesToTheSameEnd()
    {
        var text = Patient();
        Assert.Equal(0, (await RunAsync("run", Write(text), "--out", At("whole"))).Exit);
        await StopAsync("stopped", e => e is Metrics { Step: >= 14 }, "run", Write(text), "--out", At("stopped"));
        Assert.Equal(0, (await RunAsync("evaluate", At("stopped/classifier"), At("test.csv"))).Exit);
        await StopAsync("stopped", e => e is Log { Message: var said } && said.StartsWith("kept: the weights", StringComparison.Ordinal), "run", "--resume", At("stopped"));
        Assert.Equal(0, (await RunAsync("run", "--resume", At("stopped"))).Exit);
        Assert.Equal(Curves("whole"), Curves("stopped"));
        AssertSameClassifier("whole", "stopped");
    }

    [Fact]
    public async Task Run_WhoseFirstMapIsLost_DoesNotShowTheLastInItsPlace()
    {
        await KillAsync(Patient(), "run", e => e is Checkpoint);
        await File.WriteAllTextAsync(At("run/embeddings.json"), "{\"labels\": [");
        Assert.Equal(0, (await RunAsync("run", "--resume", At("run"))).Exit);
        var map = EmbeddingFile.Read(At("run/embeddings.json"))!;
        Assert.Null(map.Before);
        Assert.Equal(40, map.After!.Points.Count);
    }

    /// <summary>Each character in three texts; with its ## form each takes two entries.</summary>
    [Fact]
    public async Task Run_AVocabularyThatDoesNotHoldTheCharacters_NamesTheSetting()
    {
        var text = Specification("bce").Replace("vocabulary: 300", "vocabulary: 200");
        var many = string.Join(' ', new[] { ('а', 32), ('ա', 38), ('ა', 33) }.Select(a => string.Concat(Enumerable.Range(a.Item1, a.Item2).Select(c => (char)c))));
        await File.AppendAllLinesAsync(At("train.csv"), Enumerable.Repeat($"{many},1,0,0", 3));
        var (exit, _, errors) = await RunAsync("run", Write(text), "--out", At("run"));
        Assert.Equal(2, exit);
        Assert.Contains("classifier.vocabulary: is 200, and the ", errors);
        Assert.False(Directory.Exists(At("run/encoder")));
    }

    [Fact]
    public async Task Run_AShareThatSetsNothingAside_IsNamed()
    {
        await File.WriteAllTextAsync(At("few.csv"), "text,anger,joy\nrage,1,0\nsmile,0,1\nboth,1,1\n");
        var text = Specification("bce").Replace(At("train.csv"), At("few.csv")).Replace($"dev: {At("dev.csv")}, test: {At("test.csv")}", "dev_share: 0.01");
        var (exit, _, errors) = await RunAsync("run", Write(text), "--out", At("run"));
        Assert.Equal(2, exit);
        Assert.Contains("scoring.dev_share: is 0.01, which leaves 3 of the 3 texts to learn and sets 0 aside", errors);
    }

    /// <summary>Two texts of dev and one learnt stand in test, and dev has no text with fear.</summary>
    [Fact]
    public async Task Run_TextsThatStandInTwoSets_AndLabelsThatOneLacks_AreWarnedOf()
    {
        var text = Specification("bce").Replace("epochs: 12", "epochs: 1");
        await File.WriteAllTextAsync(At("dev.csv"), "text,anger,joy,fear\none of dev,1,0,0\nother of dev,0,1,0\n");
        await File.AppendAllLinesAsync(At("train.csv"), ["one that is learnt,1,0,0"]);
        await File.WriteAllTextAsync(At("test.csv"), "text,anger,joy,fear\none of dev,1,0,1\nother of dev,0,1,0\none that is learnt,1,0,0\nof its own,0,0,1\n");
        var (exit, _, errors) = await RunAsync("run", Write(text), "--out", At("run"));
        Assert.True(exit == 0, errors);
        var warnings = Events("run").OfType<Log>().Where(l => l.Level == "warning").Select(l => l.Message).ToList();
        Assert.Contains("3 texts of test are also learnt or chosen by; scores on them are too good", warnings);
        Assert.Contains(warnings, w => w.StartsWith("no text of dev has the label fear: ", StringComparison.Ordinal));
        Assert.DoesNotContain(warnings, w => w.StartsWith("no text of test", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_APublishedLossWithoutPairs_SaysSoAtTheFirst_AndOverAll()
    {
        var (exit, _, errors) = await RunAsync("run", Write(Specification("scl").Replace("epochs: 12", "epochs: 1").Replace("batch_size: 16", "batch_size: 2").Replace("form: sound", "form: published")), "--out", At("run"));
        Assert.True(exit == 0, errors);
        var steps = Events("run").OfType<Metrics>().ToList();
        var alone = steps.Count(m => m.Values["anchors_with_positive"] == 0); // of two texts both are alone, or none is
        Assert.InRange(alone, 1, 79);
        Assert.All(steps, m => Assert.Equal(2 * (1 - m.Values["anchors_with_positive"]), m.Values["anchors_alone"]));
        var warnings = Events("run").OfType<Log>().Where(l => l.Message.Contains("partner")).Select(l => l.Message).ToList();
        Assert.Equal(2, warnings.Count);
        Assert.StartsWith($"at step {steps.First(m => m.Values["anchors_alone"] > 0).Step}, 2 of 2 texts have no partner in their batch: what the published SCL says of them is a constant", warnings[0]);
        Assert.StartsWith($"over all 80 steps {2 * alone} texts had no partner in their batch: for these the published SCL is a constant", warnings[1]);
        Assert.EndsWith($"In {alone} steps none had one", warnings[1]);
    }

    /// <summary>On few dev texts the best possible score is soon reached, and two epochs later the run ends.</summary>
    private string Patient() => Specification("scl").Replace("epochs: 12", "epochs: 40").Replace("patience: 0", "patience: 2").Replace("checkpoint_every: 500", "checkpoint_every: 7");

    private async Task KillAsync(string specification, string run, Predicate<RunEvent> at)
    {
        using var process = Start("run", Write(specification), "--out", At(run));
        for (string? line; (line = await process.StandardOutput.ReadLineAsync()) is not null && !at(RunEvent.Parse(line));) { }
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Asks to stop as a supervisor does. A run that is through before it hears is through.</summary>
    private async Task StopAsync(string run, Predicate<RunEvent> at, params string[] arguments)
    {
        using var process = Start([.. arguments, "--supervised"]);
        for (string? line; (line = await process.StandardOutput.ReadLineAsync()) is not null && !at(RunEvent.Parse(line));) { }
        process.StandardInput.Close();
        _ = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(Events(run).OfType<Finished>().Last().Outcome == "stopped" ? 3 : 0, process.ExitCode);
    }

    private void AssertSameClassifier(string one, string other)
    {
        foreach (var file in Directory.EnumerateFiles(At(one + "/classifier")).Select(f => Path.GetFileName(f)!))
            Assert.Equal(File.ReadAllBytes(At($"{one}/classifier/{file}")), File.ReadAllBytes(At($"{other}/classifier/{file}")));
    }
}
