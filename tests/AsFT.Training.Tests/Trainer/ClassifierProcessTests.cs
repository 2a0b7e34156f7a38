using AsFT.Experiments.Classification;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Web.Tests;
using static AsFT.Training.Tests.Trainer.Asft;

namespace AsFT.Training.Tests.Trainer;

/// <summary>Classifiers as `asft` trains them: on texts in which some words tell the labels.</summary>
public sealed class ClassifierProcessTests : IDisposable
{
    private static readonly string[] Labels = ["anger", "joy", "fear"];
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("asft-classifier-");

    public void Dispose() => folder.Delete(recursive: true);

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
        Assert.Equal((map.Texts.Count, map.Texts.Count), (map.Before.Points.Count, map.After!.Points.Count));
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
        List<string> Curves(string run) => [.. Events(run).Select(e => e switch
        {
            Metrics m => $"{m.Step} {m.Values["loss/bce"]:R} {m.Values["loss/contrastive"]:R}",
            Evaluation e2 => $"{e2.Step} {string.Join(' ', e2.Values.Select(v => $"{v.Key} {v.Value:R}"))}",
            _ => "",
        }).Where(l => l.Length > 0)];
        Assert.True(Curves("whole").SequenceEqual(Curves("killed")), $"other curves after kills at {string.Join(", ", steps)}");
        foreach (var file in new[] { "model.safetensors", "head.safetensors" }) Assert.Equal(await File.ReadAllBytesAsync(At("whole/classifier/" + file)), await File.ReadAllBytesAsync(At("killed/classifier/" + file)));
    }

    /// <summary>Published JSCL is no number as soon as a text without a label is in a batch; the run says so and how many there are.</summary>
    [Fact]
    public async Task Run_APublishedLossThatIsNoNumber_EndsAndNamesTheCause()
    {
        var (exit, _, errors) = await RunAsync("run", Write(Specification("jscl").Replace("form: sound", "form: published")), "--out", At("run"));
        Assert.Equal(1, exit);
        Assert.Contains("the published JSCL is no number at step", errors);
        Assert.Equal("diverged", Events("run").OfType<Failed>().Single().Reason);
    }

    [Fact]
    public async Task Run_ALanguageModelWithLora_IsAClassifierToo()
    {
        var text = Specification("bce").Replace("classifier: {", $"classifier: {{form: last_token, encoder: {Lab("models/lab-aligned")}, ").Replace("form: label_words, ", "").Replace("epochs: 12", "epochs: 4") + "lora: {rank: 8, dropout: 0}\n";
        var (exit, _, errors) = await RunAsync("run", Write(text), "--out", At("run"));
        Assert.True(exit == 0, errors);
        var started = Events("run").OfType<Started>().Single();
        Assert.Equal(4 * 8 * (128 + 128 + 128 + 64) + 3 * 128, started.Trainable); // r·(in + out) of q and v in four layers, and the head
        Assert.Equal(0, (await RunAsync("predict", At("run/classifier"), At("test.csv"))).Exit);
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

    [Fact]
    public async Task Predict_GivesTheLabelsThatWordsTell_AndKeepsFormulasHarmless()
    {
        Assert.Equal(0, (await RunAsync("run", Write(Specification("scl")), "--out", At("run"))).Exit);
        await File.WriteAllLinesAsync(At("new.jsonl"), ["{\"text\": \"the day was rage, \\\"again\\\" and so\"}", "{\"text\": \"=HYPERLINK(1)\"}", "{\"text\": \"we went smile and dread again\"}"]);
        var (exit, output, errors) = await RunAsync("predict", At("run/classifier"), At("new.jsonl"));
        Assert.True(exit == 0, errors);
        var lines = output.Trim().Split('\n');
        Assert.Equal("text,labels,anger,joy,fear", lines[0]);
        Assert.StartsWith("\"the day was rage, \"\"again\"\" and so\",anger", lines[1]);
        Assert.StartsWith("'=HYPERLINK(1),", lines[2]);
        Assert.StartsWith("we went smile and dread again,joy; fear,", lines[3]);
        Assert.Equal(1, (await RunAsync("predict", Lab("models/lab-base"), At("new.jsonl"))).Exit);
    }

    /// <summary>The circle: a classifier of texts becomes a judge, and judges a language model in a run of fine-tuning.</summary>
    [Fact]
    public async Task Promote_MakesAJudge_WhichARunCanName()
    {
        Assert.Equal(0, (await RunAsync("run", Write(Specification("scl")), "--out", At("run"))).Exit);
        var (exit, output, errors) = await RunAsync("promote", At("run/classifier"), "--harm", "anger", "--harm", "fear", "--validate", At("test.csv"), "--out", At("judge"));
        Assert.True(exit == 0, errors);
        var validation = JudgeManifest.Read(At("judge")).Validation;
        var harmful = File.ReadLines(At("test.csv")).Skip(1).Count(l => l.Split(',') is var c && (c[1] == "1" || c[3] == "1"));
        Assert.Equal((harmful, 40), (validation.Harmful, validation.Harmful + validation.Harmless));
        Assert.True(validation.Sensitivity > 0.9 && validation.Specificity > 0.9, output);

        await File.WriteAllTextAsync(At("lm.yaml"), $$"""
            model: {aligned: {{Lab("models/lab-aligned")}}}
            data: {train: [{{Lab("datasets/lab-task.jsonl")}}], max_length: 96}
            method: {kind: sft}
            training: {epochs: 1, batch_size: 64}
            evaluation: {harmful_prompts: {{Lab("datasets/lab-harmful.jsonl")}}, harmful_limit: 6, harmful_new_tokens: 24}
            judge: {form: classifier, model: {{At("judge")}}}
            second_judge: {form: lab}
            """);
        (exit, _, errors) = await RunAsync("run", At("lm.yaml"), "--out", At("lm"));
        Assert.True(exit == 0, errors);
        var evaluation = Events("lm").OfType<Evaluation>().First();
        Assert.Contains("harmful if anger or fear above 0.5, reads the answer", evaluation.Protocol["judge"]);
        Assert.Contains("sensitivity", evaluation.Protocol["judge"]);
        foreach (var series in new[] { "eval/harmful", "eval/harmful_corrected", "eval/harmful_corrected_low", "eval/harmful_second" }) Assert.Contains(series, evaluation.Values.Keys);
    }

    [Theory]
    [InlineData("--harm", "rage", "has no label 'rage'; it has anger, joy, fear")]
    [InlineData("--threshold", "1.5", "the threshold is 1.5; take more than 0 and less than 1")]
    public async Task Promote_WhatCannotBe_IsRefusedWithTheReason(string option, string value, string problem)
    {
        Assert.Equal(0, (await RunAsync("run", Write(Specification("bce").Replace("epochs: 12", "epochs: 1")), "--out", At("run"))).Exit);
        var (exit, _, errors) = await RunAsync(["promote", At("run/classifier"), .. option == "--harm" ? [] : new[] { "--harm", "anger" }, option, value, "--validate", At("test.csv"), "--out", At("judge")]);
        Assert.Equal(1, exit);
        Assert.Contains(problem, errors);
        Assert.False(Directory.Exists(At("judge")));
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

    private string At(string name) => Path.Combine(folder.FullName, name);

    private static string Lab(string name) => Path.Combine(Oracle.Repository, "lab", name);

    private List<RunEvent> Events(string run) => [.. EventLog.Read(At(run + "/events.jsonl"))];

    private string Write(string specification)
    {
        File.WriteAllText(At("spec.yaml"), specification);
        return At("spec.yaml");
    }

    private string Specification(string loss)
    {
        foreach (var (name, count, seed) in new[] { ("train.csv", 160, 1), ("dev.csv", 40, 2), ("test.csv", 40, 3) })
            if (!File.Exists(At(name))) File.WriteAllText(At(name), LabelledTexts.Csv(count, seed));
        return $$"""
            task: classification
            data: {train: [{{At("train.csv")}}], max_length: 24}
            classifier: {form: label_words, layers: 1, width: 32, vocabulary: 300, dropout: 0, head_learning_rate: 5e-3}
            loss: {kind: {{loss}}, form: sound, alpha: 0.01}
            optimiser: {learning_rate: 5e-3}
            scoring: {dev: {{At("dev.csv")}}, test: {{At("test.csv")}}, tune_thresholds: false}
            training: {epochs: 12, batch_size: 16, patience: 0, checkpoint_every: 500}

            """;
    }
}
