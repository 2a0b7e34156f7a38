using AsFT.Training.Safety;

namespace AsFT.Training.Tests.Safety;

/// <summary>The gradient that each rule follows, against its formula written out with plain autograd.</summary>
public sealed class StepRuleTests
{
    private static void Follows(Tensor[] expected, Tensor[] followed)
    {
        var scale = Workbench.Norm(expected);
        Assert.True(scale > 0.01);
        Assert.True(Workbench.Norm(expected.Zip(followed, (e, f) => e - f)) < 1e-4 * scale, "another gradient was followed");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Booster_Follows_TaskPlusTheChangeOfTheHarmfulGradient(double lambda)
    {
        var others = Workbench.Rows(8, 4);
        using var bench = new Workbench(new Booster(new() { Lambda = lambda, Alpha = 0.1 }, new(others, 4, seed: 1)));
        var (f, h) = (bench.Gradient(bench.Training.Rows.Take(4).ToList()), bench.Gradient(others));
        var after = bench.Gradient(others, h, -0.1 / Workbench.Norm(h));
        var (result, followed) = bench.Step();
        Follows([.. f.Select((g, i) => g + lambda * (h[i] - after[i]))], followed);
        Assert.Equal("loss/harmful", result.Losses.Aside!.Value.Series);
    }

    [Fact]
    public void Panacea_Follows_TaskPlusTheChangeUnderThePerturbation()
    {
        var others = Workbench.Rows(8, 4);
        using var bench = new Workbench(new Panacea(new() { Lambda = 2, Rho = 0.3 }, new(others, 4, seed: 1)));
        var (f, h) = (bench.Gradient(bench.Training.Rows.Take(4).ToList()), bench.Gradient(others));
        var after = bench.Gradient(others, h, 0.3 / Workbench.Norm(h));
        Follows([.. f.Select((g, i) => g + 2 * (h[i] - after[i]))], bench.Step().Followed);
    }

    /// <summary>Ten steps of 2 safety and 1 task steps in turn; from the second on the pull toward the last turn's end is on.</summary>
    [Fact]
    public void Lisa_TakesTurns_AndIsPulledToWhereTheOtherEnded()
    {
        var others = Workbench.Rows(8, 4);
        using var bench = new Workbench(new Lisa(new() { SafetySteps = 2, TaskSteps = 1, Rho = 3 }, new(others, 4, seed: 1)));
        Assert.Equal(10, bench.Training.Plan.Steps);
        var start = bench.Training.Trainable.Select(w => w.detach().clone()).ToList();

        Follows(bench.Gradient(others), bench.Step().Followed); // a tenth of the steps without the pull; and where it would pull to is where it is
        var pull = bench.Training.Trainable.Zip(start, (w, s) => 3 * (w - s).detach()).ToList();
        var safety = bench.Gradient(others);
        var (result, followed) = bench.Step();
        Follows([.. safety.Zip(pull, (g, p) => g + p)], followed);
        Assert.Null(result.Losses.Task);
        Assert.Equal("loss/safety", result.Losses.Aside!.Value.Series);

        var task = bench.Gradient(bench.Training.Rows.Take(4).ToList()); // step 2 learns its own rows: the task's first batch again, in the second epoch
        (result, followed) = bench.Step();
        Follows(task, followed); // the turn has just begun, so the pull is zero
        Assert.NotNull(result.Losses.Task);
    }

    /// <summary>For a small ρ the loss under the disturbance is higher by ρ‖g‖, g the gradient of all attention outputs.</summary>
    [Fact]
    public void Vaccine_Learns_UnderTheDisturbanceThatRaisesTheLossMost()
    {
        const double rho = 1e-2;
        using var plain = new Workbench();
        var probes = new Tensor[plain.Model.Config.Layers];
        plain.Model.AttentionHook = (layer, y) =>
        {
            probes[layer] = zeros_like(y).detach().requires_grad_().DetachFromDisposeScope();
            return y + probes[layer];
        };
        var loss = plain.Training.TaskLoss(plain.Training.BatchOf([0, 1, 2, 3]));
        var slope = Workbench.Norm(autograd.grad([loss], probes));

        using var bench = new Workbench(new Vaccine(new() { Rho = rho }));
        var raised = bench.Step().Result.Losses.Task!.Value - loss.ToDouble();
        Assert.InRange(raised / (rho * slope), 0.9, 1.1);
        Assert.Null(bench.Model.AttentionHook);
    }
}
