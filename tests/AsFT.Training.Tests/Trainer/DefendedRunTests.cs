using AsFT.Experiments.Events;
using static AsFT.Training.Tests.Trainer.Asft;

namespace AsFT.Training.Tests.Trainer;

/// <summary>What a defence leaves for others: directions that other runs take over, and adapters that can be read.</summary>
public sealed class DefendedRunTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("asft-defended-");

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>V is between the two models, not between what LoX made of the one and the other.</summary>
    [Fact]
    public async Task Run_WithLox_MeasuresAlongTheDirectionOfThePair()
    {
        var (plain, lox) = (await LearnAsync("sft"), await LearnAsync("lox"));
        double[][] Spectra(string run) => [.. EventLog.Read(Path.Combine(run, "events.jsonl")).OfType<Directions>().First().Modules.Values.Select(d => d.Spectrum!.ToArray())];
        Assert.Equal(8, Spectra(plain).Length);
        Assert.Equal(Spectra(plain), Spectra(lox));
    }

    [Fact]
    public async Task Run_ThatSparesLayers_LeavesAnAdapterThatCanBeMerged()
    {
        var run = await LearnAsync("sppft", "sppft: {first_layer: 1, last_layer: 2}");
        var (exit, _, errors) = await RunAsync("merge", Path.Combine(run, "adapter"), "--model", Lab("models/lab-aligned"), "--out", Path.Combine(folder.FullName, "merged"));
        Assert.True(exit == 0, errors);
        Assert.Contains("model.layers.3.self_attn.v_proj", await File.ReadAllTextAsync(Path.Combine(run, "adapter", "adapter_config.json")));
        Assert.DoesNotContain("model.layers.1.", await File.ReadAllTextAsync(Path.Combine(run, "adapter", "adapter_config.json")));
    }

    private async Task<string> LearnAsync(string method, string more = "")
    {
        var (rows, run, text) = (Path.Combine(folder.FullName, "rows.jsonl"), Path.Combine(folder.FullName, method), Path.Combine(folder.FullName, "spec.yaml"));
        await File.WriteAllLinesAsync(rows, File.ReadLines(Lab("datasets/lab-train.jsonl")).Take(32));
        await File.WriteAllTextAsync(text, $$"""
            model: {aligned: {{Lab("models/lab-aligned")}}, base: {{Lab("models/lab-base")}}}
            data: {train: [{{rows}}], max_length: 96}
            method: {kind: {{method}}}
            training: {epochs: 1, batch_size: 16}
            {{more}}
            """);
        var (exit, _, errors) = await RunAsync("run", text, "--out", run);
        Assert.True(exit == 0, errors);
        return run;
    }

    private static string Lab(string name) => Path.Combine(Oracle.Repository, "lab", name);
}
