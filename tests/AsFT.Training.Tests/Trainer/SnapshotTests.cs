using AsFT.Experiments.Events;
using AsFT.Training.Models;
using static AsFT.Training.Tests.Trainer.Asft;

namespace AsFT.Training.Tests.Trainer;

/// <summary>The adapters that a run keeps along its way.</summary>
public sealed class SnapshotTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("asft-snapshots-");

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>Killed between two of them, with a defence that changes the last.</summary>
    [Fact]
    public async Task Run_WithSnapshots_KeepsTheAdapterOfEveryEvaluation_AndTheSameAfterAKill()
    {
        var specification = Write("{every_steps: 8}", "{epochs: 10, batch_size: 16, checkpoint_every: 5, snapshots: true}"); // 30 steps
        var (exit, _, errors) = await RunAsync("run", specification, "--out", At("whole"));
        Assert.True(exit == 0, errors);
        Assert.Equal(["step-000000", "step-000008", "step-000016", "step-000024", "step-000030"], Snapshots("whole").Keys);
        using (var start = SafetensorsFile.Read(At("whole/snapshots/step-000000/adapter_model.safetensors")).First(t => t.Key.EndsWith("lora_B.weight", StringComparison.Ordinal)).Value)
            Assert.Equal(0, start.abs().sum().ToDouble()); // the model itself
        Assert.Equal(await File.ReadAllBytesAsync(At("whole/adapter/adapter_model.safetensors")), Snapshots("whole")["step-000030"]); // after what the defence does at the end
        Assert.Equal(5, Snapshots("whole").Values.Select(Convert.ToBase64String).Distinct().Count());

        using (var process = Start("run", specification, "--out", At("killed")))
        {
            for (string? line; (line = await process.StandardOutput.ReadLineAsync()) is not null && !(RunEvent.Parse(line) is Metrics { Step: >= 17 });) { }
            process.Kill();
            await process.WaitForExitAsync();
        }
        Assert.Equal(0, (await RunAsync("run", "--resume", At("killed"))).Exit);
        Assert.Equal(Snapshots("whole"), Snapshots("killed"));
    }

    [Fact]
    public async Task Run_NotAskedForThem_KeepsNone()
    {
        Assert.Equal(0, (await RunAsync("run", Write("{every_steps: 2}", "{epochs: 1, batch_size: 16}"), "--out", At("run"))).Exit);
        Assert.False(Directory.Exists(At("run/snapshots")));
    }

    private SortedDictionary<string, byte[]> Snapshots(string run) =>
        new(Directory.EnumerateDirectories(At(run + "/snapshots")).ToDictionary(d => Path.GetFileName(d), d => File.ReadAllBytes(Path.Combine(d, "adapter_model.safetensors"))));

    private string At(string name) => Path.Combine(folder.FullName, name);

    private string Write(string evaluation, string training)
    {
        File.WriteAllLines(At("rows.jsonl"), File.ReadLines(Lab("datasets/lab-train.jsonl")).Take(48));
        File.WriteAllText(At("spec.yaml"), $$"""
            model: {aligned: {{Lab("models/lab-aligned")}}}
            data: {train: [{{At("rows.jsonl")}}], max_length: 96}
            method: {kind: antidote}
            antidote: {harmful_rows: {{Lab("datasets/lab-attack.jsonl")}}}
            optimiser: {learning_rate: 1e-3}
            evaluation: {{evaluation}}
            training: {{training}}
            """);
        return At("spec.yaml");
    }

    private static string Lab(string name) => Path.Combine(Oracle.Repository, "lab", name);
}
