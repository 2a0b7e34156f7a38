using AsFT.Training.Models;

namespace AsFT.Training.Tests.Models;

[Collection(CommonRandomness.Name)]
public sealed class RecomputationTests
{
    /// <summary>
    /// Layers that drop half of 64 ones each: both times the same ones, and never those that another layer drops or that are dropped in another step. A seed that
    /// is drawn behind a seeded layer would give the first layer of each step the mask of the second layer of the step before.
    /// </summary>
    [Fact]
    public void Backward_WithDropout_DropsTheSameAgain_AndOtherwiseInEachStep()
    {
        manual_seed(3);
        var seen = new List<(int Step, int Layer, string Mask)>();
        for (var step = 0; step < 4; step++)
        {
            var now = step;
            var recomputation = new Recomputation((layer, x) =>
            {
                var mask = nn.functional.dropout(ones(64), 0.5);
                seen.Add((now, layer, string.Concat(mask.data<float>().Select(m => m == 0 ? '0' : '1'))));
                return x * mask;
            }, random: true);
            recomputation.Forward(ones(64).requires_grad_(), 3).sum().backward();
            recomputation.Backward();
        }
        Assert.All(seen.GroupBy(s => (s.Step, s.Layer)), both => Assert.Equal((2, 1), (both.Count(), both.Select(b => b.Mask).Distinct().Count())));
        Assert.Equal(12, seen.Select(s => s.Mask).Distinct().Count());
    }
}
