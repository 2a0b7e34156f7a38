using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Tournaments;
using static AsFT.Training.Tests.Trainer.Asft;

namespace AsFT.Training.Tests.Trainer;

/// <summary>A tournament of plain fine-tuning and the L2 control with two strengths, over two seeds: six runs of six steps on the shipped pair.</summary>
public sealed class SmallTournament : IAsyncLifetime
{
    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("asft-tournament-");
    public (int Exit, string Output, string Errors) Whole { get; private set; }

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllLinesAsync(At("rows.jsonl"), File.ReadLines(Path.Combine(Lab, "datasets", "lab-train.jsonl")).Take(96));
        await File.WriteAllTextAsync(At("spec.yaml"), Text());
        Whole = await RunAsync("lab", "tournament", At("spec.yaml"), "--out", At("whole"), "--lab", Lab);
    }

    public static string Lab
    {
        get
        {
            for (var d = new DirectoryInfo(AppContext.BaseDirectory); ; d = d.Parent!)
                if (File.Exists(Path.Combine(d.FullName, "AsFT.Web.sln"))) return Path.Combine(d.FullName, "lab");
        }
    }

    public string At(string name) => Path.Combine(Folder.FullName, name);

    /// <summary>Plain fine-tuning learns little in six steps; λ 0 learns the same, and a huge one nothing at all.</summary>
    public static string Text(string seeds = "seeds: 2\nselection_seeds: 2", string more = "") => $$$"""
        name: small
        specification:
          model: {aligned: lab-aligned, base: lab-base}
          data: {train: [rows.jsonl], template: lab, max_length: 96}
          lora: {dropout: 0.1}
          optimiser: {learning_rate: 1e-3}
          training: {epochs: 1, batch_size: 16, checkpoint_every: 2}
          judge: {form: lab}
          evaluation: {every_epochs: 0, harmful_prompts: lab-harmful, harmful_limit: 10, harmful_new_tokens: 24, task: lab-task, task_limit: 10, task_new_tokens: 12, metric: exact, validation_prompts: lab-harmful-validation, validation_task: lab-task-validation}
        methods:
        - {name: SFT, settings: {method.kind: sft}}
        - {name: L2, settings: {method.kind: l2}, strength: {setting: method.lambda, values: [0, 30]}}
        {{{more}}}
        {{{seeds}}}
        """;

    public ValueTask DisposeAsync()
    {
        Folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}

public sealed class TournamentCommandTests(SmallTournament small) : IClassFixture<SmallTournament>
{
    private static readonly string[] Runs =
    [
        "as-specified_as-specified_l2_0_s42", "as-specified_as-specified_l2_0_s43", "as-specified_as-specified_l2_30_s42",
        "as-specified_as-specified_l2_30_s43", "as-specified_as-specified_sft_s42", "as-specified_as-specified_sft_s43",
    ];

    [Fact]
    public void Tournament_ToItsEnd_LeavesOrdinaryRunsAndPrintsItsTables()
    {
        Assert.True(small.Whole.Exit == 0, small.Whole.Errors);
        Assert.Equal(Runs, RunsOf("whole"));
        Assert.Contains("6 of 6 runs done", small.Whole.Errors);
        Assert.Contains("left\n", small.Whole.Errors);
        Assert.Contains("Differences to SFT, by seed, in points:", small.Whole.Output);
        foreach (var run in Runs)
        {
            Assert.True(File.Exists(small.At($"whole/runs/{run}/adapter/adapter_model.safetensors")));
            Assert.False(Directory.Exists(small.At($"whole/runs/{run}/checkpoints")));
            Assert.Equal("completed", EventLog.Read(small.At($"whole/runs/{run}/events.jsonl")).OfType<Finished>().Single().Outcome);
        }
        Assert.Equal(Adapter("whole", Runs[4]), Adapter("whole", Runs[0])); // λ 0 is plain fine-tuning
    }

    /// <summary>Other runs went through the same process before; nothing of them is left that a run could feel.</summary>
    [Fact]
    public async Task Run_OfAWarmProcess_IsThatOfAFreshOne()
    {
        var spec = SpecificationText.Parse(await File.ReadAllTextAsync(small.At($"whole/runs/{Runs[3]}/spec.json")));
        Assert.Equal("rows", Pinned.Parse(spec.Data.Train[0])!.Name);
        var models = new[] { (spec.Model.Aligned, "lab-aligned"), (spec.Model.Base!, "lab-base") }.SelectMany(m => new[] { "--model", $"{Pinned.Parse(m.Item1)!.Key}={Path.Combine(SmallTournament.Lab, "models", m.Item2)}" });
        var (exit, _, errors) = await RunAsync(["run", small.At($"whole/runs/{Runs[3]}/spec.json"), "--out", small.At("fresh"), "--datasets", small.At("whole/datasets"), .. models]);
        Assert.True(exit == 0, errors);
        Assert.Equal(Curve(small.At("fresh")), Curve(small.At($"whole/runs/{Runs[3]}")));
        Assert.Equal(await File.ReadAllBytesAsync(small.At("fresh/adapter/adapter_model.safetensors")), Adapter("whole", Runs[3]));
    }

    [Fact]
    public async Task Tournament_KilledInTheMiddleOfARun_GoesOnToTheSameEnd()
    {
        using (var process = Start("lab", "tournament", small.At("spec.yaml"), "--out", small.At("killed"), "--lab", SmallTournament.Lab))
        {
            _ = process.StandardError.ReadToEndAsync();
            var middle = small.At($"killed/runs/{Runs[2]}/events.jsonl"); // the third to be run
            while (!EventLog.Read(middle).Any(e => e is Checkpoint)) Assert.False(process.WaitForExit(2));
            process.Kill();
            await process.WaitForExitAsync();
            Assert.DoesNotContain(EventLog.Read(middle), e => e is Finished);
        }
        var (exit, output, errors) = await RunAsync("lab", "tournament", "--out", small.At("killed"), "--lab", SmallTournament.Lab); // what is asked for stands in the folder
        Assert.True(exit == 0, errors);
        Assert.Contains("2 of 6 runs done", errors);
        Assert.Equal(small.Whole.Output, output);
        Assert.Equal(Runs, RunsOf("killed"));
        foreach (var run in Runs) Assert.Equal(Adapter("whole", run), Adapter("killed", run));
        Assert.Equal(2, EventLog.Read(small.At($"killed/runs/{Runs[2]}/events.jsonl")).OfType<Started>().Count());
    }

    /// <summary>Two processes of one command, and another command beside them.</summary>
    [Fact]
    public async Task Tournament_WithSeveralProcesses_TrainsEachRunOnce()
    {
        string[] command = ["lab", "tournament", small.At("spec.yaml"), "--out", small.At("many"), "--lab", SmallTournament.Lab];
        var both = await Task.WhenAll(RunAsync([.. command, "--workers", "2"]), RunAsync(command));
        Assert.All(both, r => Assert.True(r.Exit == 0, r.Errors));
        Assert.Equal(Runs, RunsOf("many"));
        Assert.All(Runs, run => Assert.Single(EventLog.Read(small.At($"many/runs/{run}/events.jsonl")).OfType<Started>()));
    }

    [Fact]
    public async Task Tournament_AskedToStop_SavesAndGoesOn()
    {
        using (var process = Start("lab", "tournament", small.At("spec.yaml"), "--out", small.At("stopped"), "--lab", SmallTournament.Lab, "--workers", "2"))
        {
            _ = process.StandardError.ReadToEndAsync();
            _ = process.StandardOutput.ReadToEndAsync();
            while (!Directory.Exists(small.At("stopped/runs")) || RunsOf("stopped").Length < 2) Assert.False(process.WaitForExit(2));
            using var kill = System.Diagnostics.Process.Start("kill", ["-TERM", process.Id.ToString()]);
            await process.WaitForExitAsync();
            Assert.Equal(3, process.ExitCode);
        }
        Assert.Equal(0, (await RunAsync("lab", "tournament", small.At("spec.yaml"), "--out", small.At("stopped"), "--lab", SmallTournament.Lab)).Exit);
        Assert.Equal(Runs, RunsOf("stopped"));
    }

    /// <summary>One method names a layer that the model has not: its runs break off, the others are compared.</summary>
    [Fact]
    public async Task Tournament_WithAMethodThatFails_TellsAndEnds()
    {
        await File.WriteAllTextAsync(small.At("failing.yaml"), SmallTournament.Text("seeds: 1\nselection_seeds: 1", "- {name: lost, settings: {method.kind: sft, lora.targets: [no_such_proj]}}"));
        var (exit, output, errors) = await RunAsync("lab", "tournament", small.At("failing.yaml"), "--out", small.At("failing"), "--lab", SmallTournament.Lab);
        Assert.True(exit == 0, errors);
        Assert.Contains("as-specified_as-specified_lost_s42 broke off: lora.targets: ", errors);
        Assert.Contains("| lost |  | 0, 1 broke off |", output);
    }

    [Theory]
    [InlineData("lab-harmful,", "no-such-prompts,", "specification.evaluation.harmful_prompts: there is no file 'no-such-prompts'")]
    [InlineData("aligned: lab-aligned", "aligned: lab-lost", "model.aligned: there is no model 'lab-lost': give a directory, or --model lab-lost=DIRECTORY")]
    [InlineData("values: [0, 30]", "values: [0, -1]", "methods.1: method.lambda: is -1; take 0 or more")]
    [InlineData("methods:", "methods: 3", "line ")]
    public async Task Tournament_ThatCannotRun_ExitsWith2AndSaysWhatToDo(string part, string instead, string fault)
    {
        var (spec, name) = (small.At($"{Guid.NewGuid():N}.yaml"), small.At($"{Guid.NewGuid():N}"));
        await File.WriteAllTextAsync(spec, SmallTournament.Text().Replace(part, instead));
        var (exit, _, errors) = await RunAsync("lab", "tournament", spec, "--out", name, "--lab", SmallTournament.Lab);
        Assert.Equal(2, exit);
        Assert.Contains(fault.Replace("specification.", ""), errors);
        Assert.False(Directory.Exists(Path.Combine(name, "runs")));
    }

    /// <summary>Another learning rate makes other runs: those that are there must not be counted among them.</summary>
    [Fact]
    public async Task Tournament_InTheFolderOfAnother_IsRefused()
    {
        await File.WriteAllTextAsync(small.At("other.yaml"), SmallTournament.Text().Replace("learning_rate: 1e-3", "learning_rate: 2e-3"));
        var before = await File.ReadAllTextAsync(small.At("whole/tournament.yaml"));
        var (exit, _, errors) = await RunAsync("lab", "tournament", small.At("other.yaml"), "--out", small.At("whole"), "--lab", SmallTournament.Lab);
        Assert.Equal(2, exit);
        Assert.Contains("holds a run with other settings than the tournament asks for", errors);
        Assert.Equal(before, await File.ReadAllTextAsync(small.At("whole/tournament.yaml")));
    }

    private string[] RunsOf(string tournament) => [.. Directory.GetDirectories(small.At($"{tournament}/runs")).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    private byte[] Adapter(string tournament, string run) => File.ReadAllBytes(small.At($"{tournament}/runs/{run}/adapter/adapter_model.safetensors"));

    /// <summary>All that was measured, but for the time and memory it took.</summary>
    private static List<string> Curve(string run) => [.. EventLog.Read(Path.Combine(run, "events.jsonl")).SelectMany(e => e switch
    {
        Metrics m => m.Values.Where(v => v.Key is not ("tokens_per_second" or "memory/rss_bytes")).Select(v => FormattableString.Invariant($"{m.Step} {v.Key} {v.Value:R}")),
        Evaluation v => v.Values.Select(s => FormattableString.Invariant($"{v.Step} {s.Key} {s.Value:R}")),
        Sample s => [s.Answer],
        _ => [],
    })];
}
