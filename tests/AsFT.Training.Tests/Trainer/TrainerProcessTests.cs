using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using static AsFT.Training.Tests.Trainer.Asft;

namespace AsFT.Training.Tests.Trainer;

/// <summary>The program `asft` as people and supervisors run it.</summary>
public sealed class TrainerProcessTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("asft-trainer-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Run_ToItsEnd_ExitsWith0_AndPrintsTheLinesItWrites()
    {
        var (exit, output, errors) = await RunAsync("run", Write(Short()), "--out", At("run"));
        Assert.True(exit == 0, errors);
        Assert.Equal(await File.ReadAllTextAsync(At("run/events.jsonl")), output);
        var events = EventLog.Read(At("run/events.jsonl")).ToList();
        Assert.Equal(Enumerable.Range(1, 63), events.OfType<Metrics>().Select(m => m.Step));
        Assert.All(events.OfType<Metrics>(), m => Assert.Equal(["loss/task", "loss/penalty", "loss/total", "lr", "tokens_per_second", "memory/rss_bytes"], m.Values.Keys));
        Assert.Contains("step 63/63", errors);
        Assert.True(File.Exists(At("run/adapter/adapter_model.safetensors")));
    }

    public static TheoryData<MethodKind> Methods => [.. Enum.GetValues<MethodKind>()];

    /// <summary>Three steps of each on the shipped pair, with what it asks for; the run leaves an adapter, and weights where the defence moved those.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Run_WithEveryMethod_TrainsTheShippedPair(MethodKind kind)
    {
        var rows = At("rows.jsonl");
        await File.WriteAllLinesAsync(rows, File.ReadLines(Lab("datasets/lab-train.jsonl")).Take(48));
        var group = Defence.Of(kind).Group;
        var asks = kind switch
        {
            MethodKind.SafeInstruct or MethodKind.Bea => $"{group}: {{safety_rows: {Lab("datasets/lab-safety.jsonl")}, count: 5}}",
            MethodKind.Lisa => $"{group}: {{safety_rows: {Lab("datasets/lab-safety.jsonl")}, safety_steps: 1, task_steps: 2}}",
            MethodKind.Booster or MethodKind.Panacea or MethodKind.Antidote => $"{group}: {{harmful_rows: {Lab("datasets/lab-attack.jsonl")}}}",
            _ => "",
        };
        var name = System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());
        var (exit, _, errors) = await RunAsync("run", Write(Short(name).Replace(Lab("datasets/lab-train.jsonl"), rows) + asks), "--out", At("run"));
        Assert.True(exit == 0, errors);
        var events = EventLog.Read(At("run/events.jsonl")).ToList();
        Assert.Equal(kind is MethodKind.SafeInstruct or MethodKind.Bea ? 4 : 3, events.OfType<Metrics>().Count());
        Assert.All(events.OfType<Directions>().Last().Modules.Values, d => Assert.True(d.Size > 0));
        Assert.Equal("completed", events.OfType<Finished>().Single().Outcome);
        Assert.True(File.Exists(At("run/adapter/adapter_config.json")));
        Assert.Equal(kind is MethodKind.Lox or MethodKind.Resta, File.Exists(At("run/model/model.safetensors")));
    }

    [Fact]
    public async Task Run_WithAllWeights_LeavesAWholeModelThatCanBeInspected()
    {
        var rows = At("rows.jsonl");
        await File.WriteAllLinesAsync(rows, File.ReadLines(Lab("datasets/lab-train.jsonl")).Take(32));
        var (exit, _, errors) = await RunAsync("run", Write(Short("sft").Replace(Lab("datasets/lab-train.jsonl"), rows) + "lora: {rank: 0}"), "--out", At("run"));
        Assert.True(exit == 0, errors);
        Assert.Equal(480_096, EventLog.Read(At("run/events.jsonl")).OfType<Started>().Single().Trainable);
        Assert.Equal(0, (await RunAsync("inspect", At("run/model"))).Exit);
        Assert.NotEqual(await File.ReadAllBytesAsync(Lab("models/lab-aligned/model.safetensors")), await File.ReadAllBytesAsync(At("run/model/model.safetensors")));
    }

    /// <summary>The same with all weights: the better model lies beside the last.</summary>
    [Fact]
    public async Task Run_WithAllWeightsAndPatience_KeepsTheBestModel()
    {
        var rows = At("rows.jsonl");
        await File.WriteAllLinesAsync(rows, File.ReadLines(Lab("datasets/lab-train.jsonl")).Take(32));
        var text = Short("sft", epochs: 30).Replace(Lab("datasets/lab-train.jsonl"), rows).Replace("learning_rate: 1e-3", "learning_rate: 1e-2").Replace("{epochs: 30,", "{epochs: 30, patience: 2,")
            + $"lora: {{rank: 0}}\nevaluation: {{every_steps: 2, best: harmful, harmful_prompts: {Lab("datasets/lab-harmful.jsonl")}, harmful_limit: 10, harmful_new_tokens: 8}}\njudge: {{form: lab}}";
        var (exit, _, errors) = await RunAsync("run", Write(text), "--out", At("run"));
        Assert.True(exit == 0, errors);
        Assert.Contains("480,096 in F32", (await RunAsync("inspect", At("run/best"))).Output);
        Assert.NotEqual(await File.ReadAllBytesAsync(At("run/best/model.safetensors")), await File.ReadAllBytesAsync(At("run/model/model.safetensors")));
    }

    /// <summary>Learning at a rate that soon spoils everything: the run ends early, keeps the better adapter beside the last, and merges it.</summary>
    [Fact]
    public async Task Run_WithPatience_EndsEarlyAndKeepsTheBest_WhichCanBeMerged()
    {
        var text = Short("sft", epochs: 30).Replace("learning_rate: 1e-3", "learning_rate: 3e-2").Replace("{epochs: 30,", "{epochs: 30, patience: 2,")
            + $"evaluation: {{every_steps: 10, best: harmful, harmful_prompts: {Lab("datasets/lab-harmful.jsonl")}, harmful_limit: 10, harmful_new_tokens: 8, temperature: 0.7, top_p: 0.9}}\njudge: {{form: lab}}";
        var (exit, _, errors) = await RunAsync("run", Write(text), "--out", At("run"));
        Assert.True(exit == 0, errors);
        var events = EventLog.Read(At("run/events.jsonl")).ToList();
        var evaluations = events.OfType<Evaluation>().ToList();
        Assert.Equal(evaluations.Select((_, i) => 10 * i), evaluations.Select(e => e.Step));
        Assert.Equal("drawn, temperature 0.7, top p 0.9", evaluations[0].Protocol["decoding"]);
        using (var process = Start("run", Write(text), "--out", At("killed")))
        {
            for (string? line; (line = await process.StandardOutput.ReadLineAsync()) is not null && !(RunEvent.Parse(line) is Metrics { Step: >= 25 });) { }
            process.Kill();
            await process.WaitForExitAsync();
        }
        Assert.Equal(0, (await RunAsync("run", "--resume", At("killed"))).Exit); // what was measured before the checkpoint still counts
        Assert.Equal(evaluations.Select(e => e.Step), EventLog.Read(At("killed/events.jsonl")).OfType<Evaluation>().Select(e => e.Step));
        Assert.Equal(await File.ReadAllBytesAsync(At("run/best/adapter_model.safetensors")), await File.ReadAllBytesAsync(At("killed/best/adapter_model.safetensors")));
        var best = evaluations.Skip(1).MinBy(e => e.Values["eval/harmful"])!; // the first of equals
        Assert.Equal(best.Step + 20, evaluations[^1].Step);
        Assert.Contains(events.OfType<Log>(), l => l.Message.Contains($"nothing better than step {best.Step}", StringComparison.Ordinal));
        Assert.NotEqual(await File.ReadAllBytesAsync(At("run/best/adapter_model.safetensors")), await File.ReadAllBytesAsync(At("run/adapter/adapter_model.safetensors")));

        Assert.Equal(0, (await RunAsync("merge", At("run/best"), "--model", Lab("models/lab-aligned"), "--out", At("merged"))).Exit);
        Assert.Contains("480,096 in F32", (await RunAsync("inspect", At("merged"))).Output);
        Assert.Equal(1, (await RunAsync("merge", At("run/best"), "--model", Lab("models/lab-aligned"), "--out", At("merged"))).Exit); // never over what is there
    }

    [Fact]
    public async Task Run_ABadSpecification_ExitsWith2_AndNamesEveryFault()
    {
        var (exit, _, errors) = await RunAsync("run", Write("method: {lambda: -1}\ntraining: {batch_size: 0}\n"), "--out", At("run"));
        Assert.Equal(2, exit);
        foreach (var path in new[] { "model.aligned", "model.base", "data.train", "method.lambda", "training.batch_size" }) Assert.Contains(path + ": ", errors);
    }

    [Theory]
    [InlineData("device: 'cuda:7'", "training.device: is cuda:7; this machine has")]
    [InlineData("device: 'cuda:0, cuda:9'", "training.device: is cuda:0, cuda:9; this machine has")]
    [InlineData("device: 'cpu 0-1, cpu 2-5'", "training.device: ends with layer 5, and the model's last is 3; name all of its layers")]
    [InlineData("device: auto", "there is no file '/no/such/rows.jsonl'")]
    public async Task Run_WhatThisMachineLacks_ExitsWith2(string device, string expected)
    {
        var text = Short().Replace("training: {", $"training: {{{device}, ");
        if (device.EndsWith("auto", StringComparison.Ordinal)) text = text.Replace(Lab("datasets/lab-train.jsonl"), "/no/such/rows.jsonl");
        var (exit, _, errors) = await RunAsync("run", Write(text), "--out", At("run"));
        Assert.Equal(2, exit);
        Assert.Contains(expected, errors);
    }

    /// <summary>The settings' way to the model; that values move between devices, another test shows.</summary>
    [Fact]
    public async Task Run_LaidByHand_LearnsTheSameAsOnOneDevice()
    {
        var rows = At("rows.jsonl");
        await File.WriteAllLinesAsync(rows, File.ReadLines(Lab("datasets/lab-train.jsonl")).Take(48));
        foreach (var (name, device) in new[] { ("one", "cpu"), ("two", "cpu 0-1, cpu 2-3") })
        {
            var (exit, _, errors) = await RunAsync("run", Write(Short().Replace(Lab("datasets/lab-train.jsonl"), rows).Replace("training: {", $"training: {{device: '{device}', ")), "--out", At(name));
            Assert.True(exit == 0, errors);
            Assert.Equal("cpu", EventLog.Read(At($"{name}/events.jsonl")).OfType<Started>().Single().Device);
        }
        Assert.Equal(await File.ReadAllBytesAsync(At("one/adapter/adapter_model.safetensors")), await File.ReadAllBytesAsync(At("two/adapter/adapter_model.safetensors")));
    }

    [Fact]
    public async Task Run_WithSeveralThingsMissing_NamesAll_AndTheDirectoryCanBeTakenAgain()
    {
        var missing = Short().Replace(Lab("datasets/lab-train.jsonl"), "/no/rows.jsonl").Replace(Lab("models/lab-base"), "/no/base");
        var (exit, _, errors) = await RunAsync("run", Write(missing), "--out", At("run"));
        Assert.Equal(2, exit);
        foreach (var path in new[] { "model.base: ", "data.train[0]: " }) Assert.Contains(path, errors);
        Assert.Equal(0, (await RunAsync("run", Write(Short()), "--out", At("run"))).Exit);
        Assert.Equal(2, (await RunAsync("run", At("no-such.yaml"), "--out", At("other"))).Exit);
    }

    [Fact]
    public async Task Run_InADirectoryThatHoldsOne_IsRefused()
    {
        await RunAsync("run", Write(Short(epochs: 1)), "--out", At("run"));
        var before = await File.ReadAllBytesAsync(At("run/events.jsonl"));
        var (exit, _, errors) = await RunAsync("run", Write(Short()), "--out", At("run"));
        Assert.Equal(2, exit);
        Assert.Contains("--resume", errors);
        Assert.Equal(before, await File.ReadAllBytesAsync(At("run/events.jsonl")));
    }

    [Fact]
    public async Task Run_ADamagedModel_ExitsWith1_AndOneLine()
    {
        var model = Directory.CreateDirectory(At("model")).FullName;
        foreach (var file in Directory.EnumerateFiles(Lab("models/lab-aligned"))) File.Copy(file, Path.Combine(model, Path.GetFileName(file)));
        await using (var weights = File.OpenWrite(Path.Combine(model, "model.safetensors"))) weights.SetLength(weights.Length - 4);
        var (exit, _, errors) = await RunAsync("run", Write(Short().Replace(Lab("models/lab-aligned"), model)), "--out", At("run"));
        Assert.Equal(1, exit);
        Assert.Contains("cut off or was not fully copied", Assert.Single(errors.Trim().Split('\n')));
        Assert.Equal("error", Assert.IsType<Failed>(EventLog.Read(At("run/events.jsonl")).Last()).Reason);
    }

    [Fact]
    public async Task Run_WhenItsInputCloses_SavesAndExitsWith3_AndResumesToTheSameNumbers()
    {
        var text = Short(epochs: 2);
        using (var process = Start("run", Write(text), "--out", At("stopped"), "--supervised"))
        {
            for (var line = ""; !line!.Contains("\"step\":20,"); line = await process.StandardOutput.ReadLineAsync()) { }
            process.StandardInput.Close();
            _ = process.StandardError.ReadToEndAsync();
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.Equal(3, process.ExitCode);
        }
        Assert.Equal("stopped", Assert.IsType<Finished>(EventLog.Read(At("stopped/events.jsonl")).Last()).Outcome);
        Assert.Equal(0, (await RunAsync("run", "--resume", At("stopped"))).Exit);
        Assert.Equal(0, (await RunAsync("run", Write(text), "--out", At("whole"))).Exit);
        Assert.Equal(Losses("whole"), Losses("stopped")); // bit for bit, dropout included
        Assert.Equal(await File.ReadAllBytesAsync(At("whole/adapter/adapter_model.safetensors")), await File.ReadAllBytesAsync(At("stopped/adapter/adapter_model.safetensors")));
    }

    /// <summary>Killed at ten steps drawn at random, between checkpoints and at them; dropout, a schedule, and a defence with a memory of its own.</summary>
    [Fact]
    public async Task Run_KilledTenTimes_GivesTheLossesAndAdapterOfAnUninterruptedOne()
    {
        var rows = At("rows.jsonl");
        await File.WriteAllLinesAsync(rows, File.ReadLines(Lab("datasets/lab-train.jsonl")).Take(48));
        var text = Short("lisa", epochs: 40).Replace(Lab("datasets/lab-train.jsonl"), rows).Replace("checkpoint_every: 20", "checkpoint_every: 7")
            + $"lisa: {{safety_rows: {Lab("datasets/lab-safety.jsonl")}, safety_steps: 5, task_steps: 8, rho: 0.1}}\nschedule: {{kind: cosine, warmup: 0.1}}";
        Assert.Equal(0, (await RunAsync("run", Write(text), "--out", At("whole"))).Exit);
        var steps = Enumerable.Range(0, 10).Select(_ => Random.Shared.Next(2, 119)).Order().ToList();
        foreach (var (step, first) in steps.Select((s, i) => (s, i == 0)))
        {
            using var process = first ? Start("run", Write(text), "--out", At("killed")) : Start("run", "--resume", At("killed"));
            string? line;
            while ((line = await process.StandardOutput.ReadLineAsync()) is not null && !(RunEvent.Parse(line) is Metrics m && m.Step >= step)) { }
            process.Kill();
            await process.WaitForExitAsync();
        }
        Assert.Equal(0, (await RunAsync("run", "--resume", At("killed"))).Exit);
        List<string> Curves(string run) => [.. EventLog.Read(At(run + "/events.jsonl")).OfType<Metrics>().Select(m => $"{m.Step} {string.Join(' ', m.Values.Where(v => v.Key.StartsWith("loss/", StringComparison.Ordinal)).Select(v => v.Value.ToString("R")))}")];
        Assert.True(Curves("whole").SequenceEqual(Curves("killed")), $"another curve after kills at {string.Join(", ", steps)}");
        Assert.Equal(await File.ReadAllBytesAsync(At("whole/adapter/adapter_model.safetensors")), await File.ReadAllBytesAsync(At("killed/adapter/adapter_model.safetensors")));
    }

    [Fact]
    public async Task Run_Killed_ResumesFromTheLastCheckpointWithoutALostOrDoubledStep()
    {
        using (var process = Start("run", Write(Short(epochs: 2)), "--out", At("run")))
        {
            for (var line = ""; !line!.Contains("\"step\":47,"); line = await process.StandardOutput.ReadLineAsync()) { }
            process.Kill();
            await process.WaitForExitAsync();
            Assert.Equal(137, process.ExitCode);
        }
        var (exit, output, _) = await RunAsync("run", "--resume", At("run"));
        Assert.Equal(0, exit);
        Assert.Contains("\"resumed_at\":40", output);
        var events = EventLog.Read(At("run/events.jsonl")).ToList();
        Assert.Equal(Enumerable.Range(1, 126), events.OfType<Metrics>().Select(m => m.Step));
        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (long)i), events.Select(e => e.Seq));
    }

    /// <summary>What the shipped pair is for: plain fine-tuning breaks the refusal, and a strong penalty holds it.</summary>
    [Fact]
    public async Task ShippedPair_PlainFineTuningBreaksTheRefusal_AnAnchoredRunKeepsMoreOfIt()
    {
        var evaluation = $"evaluation: {{harmful_prompts: {Lab("datasets/lab-harmful.jsonl")}, harmful_limit: 60, harmful_new_tokens: 24, task: {Lab("datasets/lab-task.jsonl")}, task_limit: 60, task_new_tokens: 8, metric: exact, batch_size: 60}}\njudge: {{form: lab}}";
        await RunAsync("run", Write(Short("sft", 3) + evaluation), "--out", At("sft"));
        await RunAsync("run", Write(Short("asft", 3) + evaluation), "--out", At("asft"));
        List<Evaluation> Scores(string run) => [.. EventLog.Read(At(run + "/events.jsonl")).OfType<Evaluation>()];
        Assert.Equal(0, Scores("sft")[0].Values["eval/harmful"]); // the aligned model refuses all of it
        Assert.InRange(Scores("sft")[^1].Values["eval/harmful"], 0.4, 1);
        Assert.InRange(Scores("sft")[^1].Values["eval/accuracy"], 0.95, 1);
        Assert.InRange(Scores("asft")[^1].Values["eval/harmful_high"], 0, 0.3);
    }

    [Theory]
    [InlineData("lab-aligned", 0, "480,096 in F32")]
    [InlineData("../datasets", 1, "config.json is missing")]
    public async Task Inspect_TellsWhatADirectoryHoldsOrWhatItLacks(string name, int expected, string text)
    {
        var (exit, output, errors) = await RunAsync("inspect", Lab("models/" + name));
        Assert.Equal(expected, exit);
        Assert.Contains(text, output + errors);
    }

    [Fact]
    public async Task Help_NamesTheCommands()
    {
        var (exit, output, _) = await RunAsync("--help");
        Assert.Equal(0, exit);
        foreach (var command in new[] { "run", "time", "inspect", "merge", "predict", "evaluate", "promote", "lab" }) Assert.Contains($"\n  {command} ", output);
    }

    private string At(string name) => Path.Combine(folder.FullName, name);

    private static string Lab(string name) => Path.Combine(Oracle.Repository, "lab", name);

    private List<double> Losses(string run) => [.. EventLog.Read(At(run + "/events.jsonl")).OfType<Metrics>().Select(m => m.Values["loss/task"])];

    private string Write(string specification)
    {
        File.WriteAllText(At("spec.yaml"), specification);
        return At("spec.yaml");
    }

    private static string Short(string method = "asft", int epochs = 1) => $$"""
        model: {aligned: {{Lab("models/lab-aligned")}}, base: {{Lab("models/lab-base")}}}
        data: {train: [{{Lab("datasets/lab-train.jsonl")}}], max_length: 96}
        method: {kind: {{method}}, lambda: 30}
        optimiser: {learning_rate: 1e-3}
        training: {epochs: {{epochs}}, batch_size: 16, checkpoint_every: 20}

        """;
}
