using AsFT.Training.Safety;

namespace AsFT.Training.Tests.Safety;

public sealed class ConstrainedLossTests
{
    [Fact]
    public void Weigh_BeforeAnyStep_IsThePlainLoss()
    {
        var loss = new ConstrainedLoss(new());
        using var bench = new Workbench(loss: loss);
        loss.Remember(bench.Training, CancellationToken.None);
        var batch = bench.Training.BatchOf([0, 1, 2, 3]);
        Assert.Equal(bench.Training.TokenLosses(batch).mean().ToDouble(), bench.Training.TaskLoss(batch).ToDouble(), 1e-5); // 2(1 − σ(0)) = 1
    }

    /// <summary>Every token now has ln 3 less loss than before, so log π − log π_ref = ln 3 and σ(β ln 3) = 3^β/(1 + 3^β).</summary>
    [Fact]
    public void Weigh_AfterTokensRose_WeighsEarlyOnesLess()
    {
        var loss = new ConstrainedLoss(new() { FirstBeta = 1, EarlyBeta = 2, LateBeta = 0.5 });
        using var bench = new Workbench(loss: loss);
        loss.Remember(bench.Training, CancellationToken.None);
        var batch = bench.Training.BatchOf([0]);
        var now = (bench.Training.TokenLosses(batch) - Math.Log(3)).detach();
        var values = now.data<float>().ToArray();
        static double Weight(double beta) => 2 / (1 + Math.Pow(3, beta));
        var expected = values.Select((l, i) => l * (i == 0 ? Weight(1) : i < 5 ? Weight(2) : Weight(0.5))).Average();
        Assert.Equal(expected, loss.Weigh(batch, now).ToDouble(), 1e-5);
    }
}
