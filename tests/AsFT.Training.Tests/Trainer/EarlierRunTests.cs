using AsFT.Experiments.Events;
using static AsFT.Training.Tests.Trainer.Asft;

namespace AsFT.Training.Tests.Trainer;

/// <summary>Runs that go on from what another run made of the model.</summary>
public sealed class EarlierRunTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("asft-earlier-");

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>An adapter, an adapter on top of it, all weights on top of both, and an adapter again: each begins with the answers that the one before ended with.</summary>
    [Fact]
    public async Task Run_AfterAnother_BeginsWhereThatOneEnded()
    {
        await LearnAsync("a");
        await LearnAsync("b", At("a"));
        await LearnAsync("c", At("b"), "lora: {rank: 0}");
        await LearnAsync("d", At("c"));
        await LearnAsync("e", At("c"), "method: {kind: lox}");
        Assert.NotEqual(Answers("a", 0), Answers("a", 12)); // there is something to hand on
        Assert.Equal(Answers("a", 12), Answers("b", 0));
        Assert.NotEqual(Answers("b", 0), Answers("b", 12));
        Assert.Equal(Answers("b", 12), Answers("c", 0));
        Assert.Equal(Answers("c", 12), Answers("d", 0));
        Assert.Equal(Spectrum("a"), Spectrum("b")); // the direction is that of the pair, wherever the weights are
        Assert.Equal(Spectrum("a"), Spectrum("e")); // also where LoX moves them first
        Assert.Contains("after", await File.ReadAllTextAsync(At("b/adapter/adapter_config.json")));
    }

    [Fact]
    public async Task Run_AfterAnother_StoppedAndResumed_GivesTheSame()
    {
        await LearnAsync("a");
        await LearnAsync("whole", At("a"), "training: {epochs: 20, batch_size: 16, checkpoint_every: 7}");
        using (var process = Start("run", At("whole/spec.json"), "--out", At("killed")))
        {
            for (string? line; (line = await process.StandardOutput.ReadLineAsync()) is not null && !(RunEvent.Parse(line) is Metrics { Step: >= 31 });) { }
            process.Kill();
            await process.WaitForExitAsync();
        }
        Assert.Equal(0, (await RunAsync("run", "--resume", At("killed"))).Exit);
        Assert.Equal(await File.ReadAllBytesAsync(At("whole/adapter/adapter_model.safetensors")), await File.ReadAllBytesAsync(At("killed/adapter/adapter_model.safetensors")));
    }

    [Fact]
    public async Task Run_NamedByItsId_IsLookedForWhereRunsAreStored()
    {
        var id = Guid.NewGuid();
        await LearnAsync(id.ToString("N"));
        await File.WriteAllTextAsync(At("next.yaml"), Text(id.ToString()));
        Assert.Equal(0, (await RunAsync("run", At("next.yaml"), "--out", At("next"), "--runs", folder.FullName)).Exit);
        Assert.Equal(Answers(id.ToString("N"), 12), Answers("next", 0));
        await FailsAsync(id.ToString(), "say with --runs where runs are stored");
    }

    [Fact]
    public async Task Run_AfterOneThatCannotBeGoneOnFrom_NamesTheFault()
    {
        await FailsAsync(At("nothing"), "there is no run");
        Directory.CreateDirectory(At("begun"));
        await File.WriteAllTextAsync(At("begun/spec.json"), "{}");
        await FailsAsync(At("begun"), "left neither an adapter nor a model");
        await LearnAsync("base", model: "lab-base");
        await FailsAsync(At("base"), "trained " + Lab("models/lab-base") + ", which is another model");
    }

    private async Task FailsAsync(string after, string expected)
    {
        await File.WriteAllTextAsync(At("spec.yaml"), Text(after));
        var (exit, _, errors) = await RunAsync("run", At("spec.yaml"), "--out", At("failed"));
        Assert.Equal(2, exit);
        Assert.Contains("model.after: ", errors);
        Assert.Contains(expected, errors);
    }

    private async Task LearnAsync(string name, string after = "", string more = "", string model = "lab-aligned")
    {
        await File.WriteAllTextAsync(At(name + ".yaml"), Text(after, more, model));
        var (exit, _, errors) = await RunAsync("run", At(name + ".yaml"), "--out", At(name));
        Assert.True(exit == 0, errors);
    }

    private string Text(string after, string more = "", string model = "lab-aligned")
    {
        var rows = At("rows.jsonl");
        File.WriteAllLines(rows, File.ReadLines(Lab("datasets/lab-train.jsonl")).Take(48));
        string[] parts = ["method: {kind: sft}", "training: {epochs: 4, batch_size: 16, checkpoint_every: 20}", more]; // four epochs of three steps
        return $$"""
            model: {aligned: {{Lab("models/" + model)}}, base: {{Lab("models/lab-base")}}, after: '{{after}}'}
            data: {train: [{{rows}}], max_length: 96}
            optimiser: {learning_rate: 3e-3}
            evaluation: {every_epochs: 0, harmful_prompts: {{Lab("datasets/lab-harmful.jsonl")}}, harmful_limit: 40, harmful_new_tokens: 24, task: {{Lab("datasets/lab-task.jsonl")}}, task_limit: 20, task_new_tokens: 8, metric: exact}
            judge: {form: lab}

            """ + string.Join('\n', parts.Where(p => p.Length > 0).GroupBy(p => p[..p.IndexOf(':', StringComparison.Ordinal)]).Select(g => g.Last()));
    }

    private string[] Answers(string run, int step) => File.ReadAllLines(At($"{run}/answers/step-{step:D6}.jsonl"));

    private double[] Spectrum(string run) => EventLog.Read(At(run + "/events.jsonl")).OfType<Directions>().First().Modules.Values.First().Spectrum!.ToArray();

    private string At(string name) => Path.Combine(folder.FullName, name);

    private static string Lab(string name) => Path.Combine(Oracle.Repository, "lab", name);
}
