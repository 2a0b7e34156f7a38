using AsFT.Experiments.Specification;
using AsFT.Training.Safety;
using AsFT.Training.Tests.Safety;

namespace AsFT.Training.Tests;

[Collection(CommonRandomness.Name)]
public sealed class LossScaleTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("asft-scale-");

    public static TheoryData<string> Rules => ["plain", "lisa", "vaccine", "booster", "panacea"];

    public void Dispose() => folder.Delete(recursive: true);

    private static StepRule Rule(string name) => name switch
    {
        "lisa" => new Lisa(new() { SafetySteps = 2, TaskSteps = 1, Rho = 3 }, new(Workbench.Rows(8, 4), 4, seed: 1)),
        "vaccine" => new Vaccine(new() { Rho = 2 }),
        "booster" => new Booster(new() { Lambda = 5, Alpha = 0.1 }, new(Workbench.Rows(8, 4), 4, seed: 1)),
        "panacea" => new Panacea(new() { Lambda = 2, Rho = 0.3 }, new(Workbench.Rows(8, 4), 4, seed: 1)),
        _ => new StepRule(),
    };

    private static List<Tensor> Weights(Workbench bench) => [.. bench.Training.Trainable.Select(w => w.detach().clone())];

    [Fact]
    public void Scale_DoublesAfter2000GoodSteps_AndHalvesAtAnOverflow()
    {
        var scale = new LossScale(isUsed: true);
        for (var i = 0; i < 1999; i++) scale.Keep();
        Assert.Equal((65536, 1999), (scale.Value, scale.Good));
        scale.Keep();
        Assert.Equal((131072, 0), (scale.Value, scale.Good));
        scale.Keep();
        Assert.True(scale.Lower());
        Assert.Equal((65536, 0, 1), (scale.Value, scale.Good, scale.Skipped));
        var lowered = 1;
        while (scale.Lower()) lowered++;
        Assert.Equal(33, lowered); // 2^16 to 2^-16 are 32 halvings, and one came before
    }

    /// <summary>The scale is a power of two, so on float32 weights it changes no bit of what a rule makes of the gradients: none is scaled where another is not.</summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void Run_WithAScaleOnFloat32Weights_IsTheRunWithoutIt(string rule)
    {
        (List<Tensor> Weights, int Steps) Run(PrecisionKind precision)
        {
            using var bench = new Workbench(Rule(rule), precision: precision, accumulation: 2, clip: 0.5);
            var steps = bench.Training.Run().Take(4).Count();
            return (Weights(bench), steps);
        }
        var (plain, scaled) = (Run(PrecisionKind.Float32), Run(PrecisionKind.Float16));
        Assert.Equal(4, scaled.Steps);
        foreach (var (p, s) in plain.Weights.Zip(scaled.Weights)) Assert.True(p.equal(s).all().ToBoolean());
    }

    /// <summary>float16 has 11 bits: losses near 6 differ by less than a thousandth of that, the way of the weights by less than a twentieth. Later steps at this high rate amplify it.</summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void Run_InFloat16_LearnsAsInFloat32(string rule)
    {
        (List<StepResult> Steps, List<Tensor> Start, List<Tensor> End) Run(ScalarType type, PrecisionKind precision)
        {
            using var bench = new Workbench(Rule(rule), precision: precision, type: type);
            var start = Weights(bench);
            return ([.. bench.Training.Run().Take(3)], start, Weights(bench));
        }
        var (wide, narrow) = (Run(ScalarType.Float32, PrecisionKind.Float32), Run(ScalarType.Float16, PrecisionKind.Float16));
        foreach (var (w, n) in wide.Steps.Zip(narrow.Steps))
            Assert.Equal(w.Losses.Task ?? w.Losses.Aside!.Value.Value, n.Losses.Task ?? n.Losses.Aside!.Value.Value, 6e-3);
        Assert.All(narrow.Steps, s => Assert.Equal((65536, 0), s.Scaling));
        var way = Workbench.Norm(wide.End.Zip(wide.Start, (e, s) => e - s));
        Assert.True(way > 0.01);
        Assert.True(Workbench.Norm(wide.End.Zip(narrow.End, (w, n) => w - n)) < 0.05 * way);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Step_WhoseGradientOverflows_IsLeftOut_AndTheScaleHalves(string rule)
    {
        using var bench = new Workbench(Rule(rule), precision: PrecisionKind.Float16, type: ScalarType.Float16);
        var before = Weights(bench);
        bench.Training.Scale.Restore(Math.Pow(2, 40), 7, 0);
        var result = bench.Training.Run().First();
        Assert.Equal((1, Math.Pow(2, 39), 1), (result.Step, result.Scaling!.Value.Scale, result.Scaling.Value.Skipped));
        Assert.Equal((null, 0), (result.Losses.Task, bench.Training.Scale.Good));
        foreach (var (b, w) in before.Zip(Weights(bench))) Assert.True(b.equal(w).all().ToBoolean());
        Assert.Null(bench.Model.AttentionHook);
        bench.Training.Scale.Restore(65536, 0, 1);
        Assert.True(bench.Training.Run().First().Losses.AreFinite);
        Assert.False(before[0].equal(Weights(bench)[0]).all().ToBoolean());
    }

    [Fact]
    public void Run_WhoseGradientOverflowsAtEveryScale_EndsAsDiverged()
    {
        using var bench = new Workbench(new Overflowing(), epochs: 50, precision: PrecisionKind.Float16);
        var diverged = Assert.Throws<DivergedException>(() => bench.Training.Run().Count());
        Assert.Equal(33, diverged.Step); // as many halvings as the test above counts
        Assert.Contains("take bfloat16 or float32", diverged.Message);
    }

    private sealed class Overflowing : StepRule
    {
        public override Losses Fill(FineTuning training) => throw new GradientOverflowException();
    }

    /// <summary>Two steps that are left out, a checkpoint, and the rest in another process's place: the same bits as in one go, the scale too.</summary>
    [Fact]
    public void Resume_AfterSkippedSteps_GoesOnBitByBit()
    {
        using var whole = new Workbench(Rule("lisa"), precision: PrecisionKind.Float16, type: ScalarType.Float16);
        whole.Training.Scale.Restore(Math.Pow(2, 40), 0, 0);
        whole.Training.Run().Take(2).Last();
        var path = Path.Combine(folder.FullName, CheckpointFile.Write(folder.FullName, whole.Training));
        var rest = whole.Training.Run().Take(4).ToList();

        using var resumed = new Workbench(Rule("lisa"), precision: PrecisionKind.Float16, type: ScalarType.Float16);
        CheckpointFile.Read(path, resumed.Training);
        Assert.Equal((Math.Pow(2, 38), 2), (resumed.Training.Scale.Value, resumed.Training.Scale.Skipped));
        Assert.Equal(rest, resumed.Training.Run().Take(4));
        foreach (var (w, r) in Weights(whole).Zip(Weights(resumed))) Assert.True(w.equal(r).all().ToBoolean());
    }
}
