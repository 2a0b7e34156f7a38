using AsFT.Experiments.Statistics;

namespace AsFT.Experiments.Tests.Statistics;

public sealed class BootstrapTests
{
    [Fact]
    public void Interval_OfAMean_IsNearTheNormalOne()
    {
        // 200 zeros and 200 ones: the mean of a drawing has deviation √(¼/400) = 0.025, so 0.5 ± 0.049.
        var (low, high) = Bootstrap.Interval(400, places => places.Average(i => i % 2), seed: 3, rounds: 4000);
        Assert.Equal(0.451, low, 0.004);
        Assert.Equal(0.549, high, 0.004);
    }

    [Fact]
    public void Interval_OfTheSameSeed_IsTheSame()
    {
        static (double, double) Draw(int seed) => Bootstrap.Interval(30, places => places.Average(), seed, rounds: 100);
        Assert.Equal(Draw(1), Draw(1));
        Assert.NotEqual(Draw(1), Draw(2));
    }

    [Fact]
    public void Interval_OfOneSample_IsThatSample() => Assert.Equal((5.0, 5.0), Bootstrap.Interval(1, places => 5 + places[0], seed: 1));
}
