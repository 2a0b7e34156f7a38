using AsFT.Experiments.Events;
using static AsFT.Training.Tests.Trainer.Asft;

namespace AsFT.Training.Tests.Trainer;

/// <summary>A search without the site.</summary>
public sealed class SweepCommandTests : ClassifierWorkplace
{
    /// <summary>Three points with two seeds: begun with two points and gone on with, and in one piece.</summary>
    [Theory]
    [InlineData("random")]
    [InlineData("tpe")]
    public async Task Sweep_GoneOnWith_IsTheSameAsInOnePiece(string algorithm)
    {
        var (exit, _, errors) = await RunAsync("sweep", Sweep($"algorithm: {algorithm}\npoints: 2\nseeds: 2"), "--out", At("parts"));
        Assert.True(exit == 0, errors);
        var spec = Sweep($"algorithm: {algorithm}\npoints: 3\nseeds: 2");
        var parts = await RunAsync("sweep", spec, "--out", At("parts"));
        var whole = await RunAsync("sweep", spec, "--out", At("whole"));
        Assert.Equal((0, 0), (parts.Exit, whole.Exit));
        Assert.Equal(whole.Output, parts.Output);
        var lines = whole.Output.Trim().Split('\n');
        Assert.Equal("point,loss.alpha,optimiser.learning_rate,eval/f1_macro,state", lines[0]);
        Assert.Equal(3, lines[1..].Select(l => string.Join(',', l.Split(',')[1..3])).Distinct().Count());
        Assert.Contains("best: loss.alpha", whole.Errors);
        foreach (var line in lines[1..].Select(l => l.Split(',')))
        {
            var seeds = Directory.EnumerateDirectories(At("whole/runs"), $"point-{int.Parse(line[0]):D4}-seed-*").Select(d => Events(Path.GetRelativePath(At(""), d))).ToList();
            Assert.Equal(2, seeds.Count);
            Assert.Equal(double.Parse(line[3]), seeds.Average(s => s.OfType<Evaluation>().Where(e => e.Step > 0 && e.Values.ContainsKey("eval/f1_macro")).Max(e => e.Values["eval/f1_macro"])), 1e-12); // of the kept weights
            Assert.All(seeds, s => Assert.DoesNotContain(s.OfType<Evaluation>(), e => e.Values.Keys.Any(k => k.StartsWith("test/", StringComparison.Ordinal))));
        }
    }

    /// <summary>A rate at which nothing is learnt, after five at which something is: told hopeless while it trains, and known to be so when asked again.</summary>
    [Fact]
    public async Task Sweep_WithPruning_StopsTheHopeless()
    {
        var spec = Sweep("algorithm: grid\npoints: 6\npruning: true", "  - {setting: optimiser.learning_rate, kind: values, values: [5e-3, 4e-3, 6e-3, 5.5e-3, 4.5e-3, 1e-7]}", epochs: 8);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var (exit, output, errors) = await RunAsync("sweep", spec, "--out", At("out"));
            Assert.True(exit == 0, errors);
            Assert.EndsWith(",,pruned", output.Trim().Split('\n')[6]);
        }
        Assert.InRange(Events("out/runs/point-0005-seed-42").OfType<Evaluation>().Count(e => e.Step > 0), 2, 7);
    }

    /// <summary>A dataset that is not there fails its point; the other one is tried all the same.</summary>
    [Fact]
    public async Task Sweep_WithAPointThatCannotRun_GoesOnWithTheOthers()
    {
        var spec = Sweep("algorithm: grid\npoints: 2", $"  - {{setting: data.train, kind: values, values: [{At("nowhere.csv")}, {At("train.csv")}]}}");
        var (exit, output, errors) = await RunAsync("sweep", spec, "--out", At("out"));
        Assert.True(exit == 0, errors);
        Assert.Contains("nowhere.csv", errors);
        Assert.EndsWith(",,failed", output.Trim().Split('\n')[1]);
        Assert.EndsWith(",completed", output.Trim().Split('\n')[2]);
    }

    /// <summary>A contrastive loss needs two texts a batch. Each value goes with the others' first one.</summary>
    [Fact]
    public async Task Sweep_WithSettingsThatDoNotGoTogether_GoesOnWithTheOthers()
    {
        var spec = Sweep("algorithm: grid\npoints: 4", "  - {setting: training.batch_size, kind: values, values: [16, 1]}\n  - {setting: loss.kind, kind: values, values: [bce, scl]}", loss: "bce", epochs: 1);
        var (exit, output, errors) = await RunAsync("sweep", spec, "--out", At("out"));
        Assert.True(exit == 0, errors);
        Assert.Contains("training.batch_size", errors);
        Assert.Equal(["completed", "completed", "completed", "failed"], output.Trim().Split('\n')[1..].Select(l => l.Split(',')[^1]).Order());
    }

    [Fact]
    public async Task Sweep_OfANameThatLeadsNowhere_OrByTestOrByNoLabel_IsRefusedBeforeTheFirstRun()
    {
        var (exit, _, errors) = await RunAsync("sweep", Sweep("objective: test/f1_macro"), "--out", At("out"));
        Assert.Equal(2, exit);
        Assert.Contains("a search never chooses by test rows", errors);
        (exit, _, errors) = await RunAsync("sweep", Sweep("objective: f1/nobody"), "--out", At("out"));
        Assert.Equal(2, exit);
        Assert.Contains("no training rows have the label 'nobody'", errors);
        File.Delete(At("dev.csv"));
        (exit, _, errors) = await RunAsync("sweep", At("sweep.yaml.ok"), "--out", At("out"));
        Assert.Equal(2, exit);
        Assert.Contains("dev.csv", errors);
        Assert.False(Directory.Exists(At("out/runs")));
    }

    private string Sweep(string options, string? search = null, int epochs = 2, string loss = "scl")
    {
        var text = "specification:\n" + string.Join('\n', Specification(loss).Replace("epochs: 12", $"epochs: {epochs}").Split('\n').Select(l => "  " + l)) + "\nsearch:\n"
            + (search ?? "  - {setting: loss.alpha, kind: log, min: 1e-4, max: 0.5}\n  - {setting: optimiser.learning_rate, kind: log, min: 1e-3, max: 1e-2}") + "\n";
        File.WriteAllText(At("sweep.yaml.ok"), text);
        File.WriteAllText(At("sweep.yaml"), text + options + "\n");
        return At("sweep.yaml");
    }
}
