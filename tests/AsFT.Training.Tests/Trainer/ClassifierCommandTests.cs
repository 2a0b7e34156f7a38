using AsFT.Experiments.Classification;
using AsFT.Experiments.Events;
using AsFT.Experiments.Models;
using static AsFT.Training.Tests.Trainer.Asft;

namespace AsFT.Training.Tests.Trainer;

/// <summary>What `asft` does with a trained classifier.</summary>
public sealed class ClassifierCommandTests : ClassifierWorkplace
{
    [Fact]
    public async Task Predict_GivesTheLabelsThatWordsTell_AndKeepsFormulasHarmless()
    {
        Assert.Equal(0, (await RunAsync("run", Write(Specification("scl")), "--out", At("run"))).Exit);
        await File.WriteAllLinesAsync(At("new.jsonl"), ["{\"text\": \"the day was rage, \\\"again\\\" and so\"}", "{\"text\": \"=HYPERLINK(1)\"}", "{\"text\": \"we went smile and dread again\"}"]);
        var (exit, output, errors) = await RunAsync("predict", At("run/classifier"), At("new.jsonl"));
        Assert.True(exit == 0, errors);
        var lines = output.Trim().Split('\n');
        Assert.Equal("text,labels,cut,anger,joy,fear", lines[0]);
        Assert.StartsWith("\"the day was rage, \"\"again\"\" and so\",anger", lines[1]);
        Assert.StartsWith("'=HYPERLINK(1),", lines[2]);
        Assert.StartsWith("we went smile and dread again,joy; fear,no,", lines[3]);
        Assert.Equal(1, (await RunAsync("predict", Lab("models/lab-base"), At("new.jsonl"))).Exit);
    }

    [Theory]
    [InlineData("{\"text\": null}", "Row 2: the column 'text' is missing; write the text there, or remove the row")]
    [InlineData("{\"other\": \"a\"}", "Row 2: the column 'text' is missing")]
    [InlineData("{\"text\": [7]}", "Row 2: the column 'text' holds [7] and no text")]
    [InlineData("{\"text\": \"nice \\ud83d\"}", "Row 2: holds half a character")]
    public async Task Predict_ARowWithoutText_IsNamed(string row, string problem)
    {
        Assert.Equal(0, (await RunAsync("run", Write(Short()), "--out", At("run"))).Exit);
        await File.WriteAllLinesAsync(At("new.jsonl"), ["{\"text\": \"a day\"}", row]);
        var (exit, output, errors) = await RunAsync("predict", At("run/classifier"), At("new.jsonl"));
        Assert.Equal((1, ""), (exit, output)); // before the first answer
        Assert.Contains(problem, errors);
    }

    [Fact]
    public async Task Predict_ATextLongerThanTheClassifierReads_SaysSo()
    {
        Assert.Equal(0, (await RunAsync("run", Write(Short()), "--out", At("run"))).Exit);
        await File.WriteAllTextAsync(At("long.csv"), $"text\n{string.Join(' ', Enumerable.Repeat("day", 100_000))}\na day\n");
        var lines = (await RunAsync("predict", At("run/classifier"), At("long.csv"))).Output.Trim().Split('\n');
        Assert.Equal(["yes", "no"], lines.Skip(1).Select(l => l.Split(',')[2]));
    }

    [Fact]
    public async Task Promote_ByTheTextsThatItLearntFrom_IsRefused()
    {
        Assert.Equal(0, (await RunAsync("run", Write(Short()), "--out", At("run"))).Exit);
        var (exit, _, errors) = await RunAsync("promote", At("run/classifier"), "--harm", "anger", "--validate", At("train.csv"), "--out", At("judge"));
        Assert.Equal(1, exit);
        Assert.Contains("the classifier learnt from 'train.csv' or was chosen by it", errors);
    }

    /// <summary>The learnt texts in another file: they are known by themselves, not by their file.</summary>
    [Fact]
    public async Task Promote_ByTextsSomeOfWhichItLearnt_CountsTheOthersAlone()
    {
        Assert.Equal(0, (await RunAsync("run", Write(Short()), "--out", At("run"))).Exit);
        await File.WriteAllTextAsync(At("again.csv"), string.Join('\n', File.ReadLines(At("train.csv")).Take(60)) + "\n");
        var (exit, _, errors) = await RunAsync("promote", At("run/classifier"), "--harm", "anger", "--validate", At("again.csv"), "--out", At("judge"));
        Assert.Equal(1, exit);
        Assert.Contains("the classifier learnt every text of 'again.csv' or was chosen by it", errors);
        await File.AppendAllTextAsync(At("again.csv"), "a wholly new text,1,0,0\nanother new text,0,0,0\nthird,2,0,0\n");
        (exit, var output, errors) = await RunAsync("promote", At("run/classifier"), "--harm", "anger", "--validate", At("again.csv"), "--out", At("judge"));
        Assert.True(exit == 0, errors);
        Assert.Contains("59 texts were left out", output);
        Assert.Contains("again.csv: 1 of 62 rows were set aside and are not used; the first is row 62, column 'anger', '2'", errors);
        Assert.Equal((1, 1, 59), JudgeManifest.Read(At("judge")).Validation is var v ? (v.Harmful, v.Harmless, v.Seen) : default);
    }

    /// <summary>A column that is not there would count as a label that no text has. Where rows list their labels, one that none lists is had by none.</summary>
    [Fact]
    public async Task Evaluate_OnTextsWithoutALabelsColumn_IsRefused()
    {
        Assert.Equal(0, (await RunAsync("run", Write(Short()), "--out", At("run"))).Exit);
        await File.WriteAllTextAsync(At("part.csv"), "text,anger,joy\na day,1,0\nno day,0,1\n");
        var (exit, _, errors) = await RunAsync("evaluate", At("run/classifier"), At("part.csv"));
        Assert.Equal(1, exit);
        Assert.Contains("the texts have no column for the label 'fear', which the classifier knows", errors);
        await File.WriteAllLinesAsync(At("listed.jsonl"), ["""{"text": "a day", "labels": ["anger"]}""", """{"text": "no day", "labels": ["joy"]}"""]);
        Assert.Equal(0, (await RunAsync("evaluate", At("run/classifier"), At("listed.jsonl"))).Exit);
    }

    /// <summary>A configuration that promises more positions than the weights have: libtorch's own error, without its stack.</summary>
    [Fact]
    public async Task Commands_OnADamagedClassifier_EndWithOneLine()
    {
        Assert.Equal(0, (await RunAsync("run", Write(Short()), "--out", At("run"))).Exit);
        var manifest = At("run/classifier/classifier.json");
        await File.WriteAllTextAsync(manifest, (await File.ReadAllTextAsync(manifest)).Replace("\"max_length\":24", "\"max_length\":90").Replace("\"max_length\": 24", "\"max_length\": 90"));
        await File.WriteAllTextAsync(At("long.csv"), $"text,anger,joy,fear\n{string.Join(' ', Enumerable.Repeat("day", 60))},1,0,1\na day,0,0,0\n");
        foreach (var command in new[] { new[] { "predict", At("run/classifier"), At("long.csv") }, ["evaluate", At("run/classifier"), At("long.csv")], ["promote", At("run/classifier"), "--harm", "anger", "--validate", At("long.csv"), "--out", At("judge")] })
        {
            var (exit, _, errors) = await RunAsync(command);
            Assert.Equal(1, exit);
            Assert.Single(errors.Trim().Split('\n'));
        }
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

        var version = await WeightHash.OfAsync(At("judge")); // of all that decides a verdict: the weights, the labels, and which of them are harm
        Assert.Contains(version[..16], evaluation.Protocol["judge"]);
        foreach (var file in new[] { "judge.json", "classifier.json", "head.safetensors" })
        {
            var bytes = await File.ReadAllBytesAsync(At("judge/" + file));
            await File.WriteAllBytesAsync(At("judge/" + file), [.. bytes, (byte)' ']);
            Assert.NotEqual(version, await WeightHash.OfAsync(At("judge")));
            await File.WriteAllBytesAsync(At("judge/" + file), bytes);
        }
        Assert.Equal(version, await WeightHash.OfAsync(At("judge")));
    }

    [Theory]
    [InlineData("--harm", "rage", "has no label 'rage'; it has anger, joy, fear")]
    [InlineData("--harm", "@rage", "has no label '@rage'")] // and not the options in a file of this name
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
    [InlineData("text,anger,joy\nrage,1,0\nsmile,0,1\n", "'v.csv' has no label fear, so it is not known which of its texts are harmful; it has anger, joy")]
    [InlineData("text,anger,fear\nrage,1,0\ndread,0,1\n", "every text of 'v.csv' is harmful")]
    [InlineData("text,anger,fear\nsmile,0,0\nday,0,0\n", "no text of 'v.csv' is harmful")]
    public async Task Promote_OnTextsThatCannotTell_IsRefused(string texts, string problem)
    {
        Assert.Equal(0, (await RunAsync("run", Write(Short()), "--out", At("run"))).Exit);
        await File.WriteAllTextAsync(At("v.csv"), texts);
        var (exit, _, errors) = await RunAsync("promote", At("run/classifier"), "--harm", "anger", "--harm", "fear", "--validate", At("v.csv"), "--out", At("judge"));
        Assert.Equal(1, exit);
        Assert.Contains(problem, errors);
        Assert.False(Directory.Exists(At("judge")));
    }

    [Fact]
    public async Task Promote_WithTheQuestion_SaysWhatItWasCountedOn()
    {
        Assert.Equal(0, (await RunAsync("run", Write(Short()), "--out", At("run"))).Exit);
        var (_, output, errors) = await RunAsync("promote", At("run/classifier"), "--harm", "anger", "--with-question", "--validate", At("test.csv"), "--out", At("judge"));
        Assert.True(output.Contains("counted on the texts as they are", StringComparison.Ordinal), errors);
        using var judge = AsFT.Training.Judging.ClassifierJudge.Load(At("judge"), "j", 8, CPU);
        Assert.Contains("reads question and answer (validated on texts alone)", judge.Version);
    }

    private string Short() => Specification("bce").Replace("epochs: 12", "epochs: 1");
}
