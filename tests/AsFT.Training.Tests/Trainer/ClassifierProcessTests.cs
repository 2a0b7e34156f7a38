using AsFT.Experiments.Classification;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using static AsFT.Training.Tests.Trainer.Asft;

namespace AsFT.Training.Tests.Trainer;

/// <summary>Classifiers as `asft` trains them: on texts in which some words tell the labels.</summary>
public sealed class ClassifierProcessTests : ClassifierWorkplace
{
    private static readonly string[] Labels = ["anger", "joy", "fear"];

    public static TheoryData<LossKind> Losses => [.. Enum.GetValues<LossKind>()];

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Run_WithEveryLoss_LearnsWhatWordsTell(LossKind kind)
    {
        var (exit, _, errors) = await RunAsync("run", Write(Specification(kind.ToString().ToLowerInvariant())), "--out", At("run"));
        Assert.True(exit == 0, errors);
        var events = Events("run");
        var evaluations = events.OfType<Evaluation>().ToList();
        Assert.True(evaluations.Single(e => e.Values.ContainsKey("test/f1_macro")).Values["test/f1_macro"] > 0.9, errors);
        string[] series = ["loss/bce", .. kind switch { LossKind.Bce => [], LossKind.Joint => ["loss/correlation"], _ => new[] { "loss/contrastive", "anchors_with_positive" } }, "loss/total", "lr", "lr_head", "tokens_per_second", "memory/rss_bytes"];
        Assert.All(events.OfType<Metrics>(), m => Assert.Equal(series, m.Values.Keys));
        Assert.Equal(["dev", "test"], events.OfType<LabelReport>().Select(r => r.Set));
        Assert.Equal(Labels, ClassifierManifest.Read(At("run/classifier")).Labels);
    }

    /// <summary>Each report counts as scikit-learn would: support from the data, and what holds against what is given.</summary>
    [Fact]
    public async Task Run_AtItsEnd_ReportsLabelByLabel_AndKeepsTheMaps()
    {
        Assert.Equal(0, (await RunAsync("run", Write(Specification("scl").Replace("tune_thresholds: false", "tune_thresholds: true")), "--out", At("run"))).Exit);
        var report = Events("run").OfType<LabelReport>().Single(r => r.Set == "test");
        var rows = File.ReadLines(At("test.csv")).Skip(1).Select(l => l.Split(',')[1..].Select(c => c == "1").ToArray()).ToList();
        Assert.Equal(rows.Count, report.Texts);
        Assert.Equal(Labels.Select((_, l) => rows.Count(r => r[l])), report.Labels.Select(l => l.Support));
        Assert.All(report.Labels.Select((line, l) => (line, l)), x => Assert.Equal(x.line.Recall, (double)report.Predicted[x.l][x.l] / x.line.Support, 12));
        var map = System.Text.Json.JsonSerializer.Deserialize<EmbeddingFile>(await File.ReadAllBytesAsync(At("run/embeddings.json")), AsFT.Experiments.Datasets.DatasetFolder.Json)!;
        Assert.Equal((map.Texts.Count, map.Texts.Count), (map.Before!.Points.Count, map.After!.Points.Count));
        Assert.True(map.After.Distances.Equal < map.After.Distances.Disjoint, "texts with equal labels are not nearer than those with none in common");
        Assert.Contains(Events("run").OfType<Log>(), l => l.Message.StartsWith("thresholds chosen on dev", StringComparison.Ordinal));
    }

    /// <summary>At three steps drawn at random, between checkpoints and at them, with dropout and early stopping.</summary>
    [Fact]
    public async Task Run_KilledThreeTimes_GivesTheCurvesAndWeightsOfAnUninterruptedOne()
    {
        var text = Specification("scl").Replace("checkpoint_every: 500", "checkpoint_every: 7").Replace("dropout: 0", "dropout: 0.2");
        Assert.Equal(0, (await RunAsync("run", Write(text), "--out", At("whole"))).Exit);
        var last = Events("whole").OfType<Metrics>().Last().Step;
        var steps = Enumerable.Range(0, 3).Select(_ => Random.Shared.Next(2, last)).Order().ToList();
        foreach (var (step, first) in steps.Select((s, i) => (s, i == 0)))
        {
            using var process = first ? Start("run", Write(text), "--out", At("killed")) : Start("run", "--resume", At("killed"));
            for (string? line; (line = await process.StandardOutput.ReadLineAsync()) is not null && !(RunEvent.Parse(line) is Metrics m && m.Step >= step);) { }
            process.Kill();
            await process.WaitForExitAsync();
        }
        Assert.Equal(0, (await RunAsync("run", "--resume", At("killed"))).Exit);
        Assert.True(Curves("whole").SequenceEqual(Curves("killed")), $"other curves after kills at {string.Join(", ", steps)}");
        foreach (var file in new[] { "model.safetensors", "head.safetensors" }) Assert.Equal(await File.ReadAllBytesAsync(At("whole/classifier/" + file)), await File.ReadAllBytesAsync(At("killed/classifier/" + file)));
    }

    /// <summary>Published JSCL is no number as soon as a text without a label is in a batch; the run says so and how many there are.</summary>
    [Fact]
    public async Task Run_APublishedLossThatIsNoNumber_EndsAndNamesTheCause()
    {
        var (exit, _, errors) = await RunAsync("run", Write(Specification("jscl").Replace("form: sound", "form: published")), "--out", At("run"));
        Assert.Equal(1, exit);
        Assert.Matches(@"the published JSCL is no number at step \d+: ([1-9]|1[0-6]) of its texts have no label\. Take loss\.form sound", errors);
        Assert.Equal("diverged", Events("run").OfType<Failed>().Single().Reason);
    }

    /// <summary>Labels that the user renames: the run trains, keeps and reads again the words in their place, and its answers go by the labels' own names.</summary>
    [Fact]
    public async Task Run_WithRenamedLabels_LearnsByTheirWords_AndAnswersByTheirNames()
    {
        var text = Specification("bce").Replace("form: label_words, ", "form: label_words, label_words: [anger=Wut, joy=große Freude], ").Replace("epochs: 12", "epochs: 2");
        var (exit, _, errors) = await RunAsync("run", Write(text), "--out", At("run"));
        Assert.True(exit == 0, errors);
        var manifest = ClassifierManifest.Read(At("run/classifier"));
        Assert.Equal(["anger", "joy", "fear"], manifest.Labels);
        Assert.Equal(["Wut", "große Freude", "fear"], manifest.Words);
        (exit, var output, errors) = await RunAsync("predict", At("run/classifier"), At("test.csv"));
        Assert.True(exit == 0, errors);
        Assert.Equal("text,labels,cut,anger,joy,fear", output.Split('\n')[0].TrimEnd('\r'));
        Assert.NotEqual(0, (await RunAsync("run", Write(text.Replace("joy=", "mirth=")), "--out", At("other"))).Exit); // a label that is not there
    }

    [Theory]
    [InlineData("float32"), InlineData("bfloat16")]
    public async Task Run_ALanguageModelWithLora_IsAClassifierToo(string precision)
    {
        var text = Specification("bce").Replace("classifier: {", $"classifier: {{form: last_token, encoder: {Lab("models/lab-aligned")}, ").Replace("form: label_words, ", "").Replace("{epochs: 12", $"{{precision: {precision}, epochs: 4") + "lora: {rank: 8, dropout: 0}\n";
        var (exit, _, errors) = await RunAsync("run", Write(text), "--out", At("run"));
        Assert.True(exit == 0, errors);
        var started = Events("run").OfType<Started>().Single();
        Assert.Equal(4 * 8 * (96 + 96 + 96 + 48) + 3 * 96, started.Trainable); // r·(in + out) of q and v in four layers, and the head
        Assert.Equal(0, (await RunAsync("predict", At("run/classifier"), At("test.csv"))).Exit);
        Assert.True(Events("run").OfType<Metrics>().Last().Values["loss/bce"] < 0.8 * Events("run").OfType<Metrics>().First().Values["loss/bce"], "it has not learnt");
    }

    /// <summary>All weights of the language model, 480,096 less the head that it answers with (tied, so none), and the classifier's own head.</summary>
    [Fact]
    public async Task Run_ALanguageModelWithAllItsWeights_IsAClassifierToo()
    {
        var text = Specification("scl").Replace("classifier: {", $"classifier: {{form: last_token, encoder: {Lab("models/lab-aligned")}, ").Replace("form: label_words, ", "").Replace("epochs: 12", "epochs: 2").Replace("learning_rate: 5e-3}", "learning_rate: 1e-3}");
        var (exit, _, errors) = await RunAsync("run", Write(text), "--out", At("run"));
        Assert.True(exit == 0, errors);
        var started = Events("run").OfType<Started>().Single();
        Assert.Equal(started.Parameters, started.Trainable);
        Assert.Equal(0, (await RunAsync("evaluate", At("run/classifier"), At("test.csv"))).Exit);
    }

    [Fact]
    public async Task Run_WithoutADevFile_SetsRowsAside_AndABertDirectoryIsAnEncoder()
    {
        Assert.Equal(0, (await RunAsync("run", Write(Specification("bce")), "--out", At("first"))).Exit);
        var text = Specification("bce").Replace($"dev: {At("dev.csv")}, ", "").Replace("classifier: {", $"classifier: {{encoder: {At("first/classifier")}, ").Replace("epochs: 12", "epochs: 2");
        var (exit, _, errors) = await RunAsync("run", Write(text), "--out", At("second"));
        Assert.True(exit == 0, errors);
        Assert.Contains("10 % of the training rows, seed 42", Events("second").OfType<Evaluation>().First().Protocol["set"]);
        Assert.True(Events("second").OfType<Evaluation>().ElementAt(1).Values["eval/f1_macro"] > 0.8, "the encoder brought nothing with it");
    }

    [Theory]
    [InlineData("one.csv", "text,anger\nrage,1\nsmile,0\n", "data.train: has the one label 'anger'")]
    [InlineData("rows.jsonl", "{\"instruction\": \"a\", \"output\": \"b\"}\n", "data.train[0]: 'rows.jsonl' holds no labels")]
    [InlineData("other.csv", "text,anger,rage\nrage,1,1\n", "scoring.dev: 'dev.csv' has the labels 'joy', 'fear', which the training rows do not have")]
    public async Task Run_DataThatCannotBeLearnt_ExitsWith2BeforeTraining(string name, string content, string problem)
    {
        var text = Specification("bce");
        await File.WriteAllTextAsync(At(name), content);
        var (exit, _, errors) = await RunAsync("run", Write(text.Replace(At("train.csv"), At(name))), "--out", At("run"));
        Assert.Equal(2, exit);
        Assert.Contains(problem, errors);
    }

    /// <summary>Also a text of 100,000 characters, quotes, emoji and another script: each is read, and the long one is cut with a warning.</summary>
    [Fact]
    public async Task Run_AwkwardTexts_AreReadAsTheyAre()
    {
        var text = Specification("scl").Replace("epochs: 12", "epochs: 1");
        await File.AppendAllLinesAsync(At("train.csv"), [$"{string.Join(' ', Enumerable.Repeat("day", 25_000))},1,0,0", "\"he said \"\"no\"\" 😡🔥\",1,0,0", "怒り と 喜び,1,1,0", "no label at all,0,0,0"]);
        var (exit, _, errors) = await RunAsync("run", Write(text), "--out", At("run"));
        Assert.True(exit == 0, errors);
        Assert.Contains(Events("run").OfType<Log>(), l => l.Level == "warning" && l.Message.Contains("train: 1 of 164 texts are longer", StringComparison.Ordinal));
    }
}
