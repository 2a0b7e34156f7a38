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

    /// <summary>t₀.₉₇₅(9) = 2.2622, times √(10/9) = 2.3845, and Φ(−2.3845) = 0.00855; for many values it is the plain 0.025.</summary>
    [Fact]
    public void MeanTail_OfTenValues_IsWiderThanThePercentiles()
    {
        Assert.Equal(0.00855, Bootstrap.MeanTail(10), 5);
        Assert.Equal(0.025, Bootstrap.MeanTail(2000), 3);
    }

    /// <summary>Of samples of ten normal numbers the interval of the mean holds 0 about 95 times in 100, the plain percentiles 90.</summary>
    [Fact]
    public void MeanTail_OnNormalSamples_CoversNinetyFivePerCent()
    {
        var random = new Random(5);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var (wide, plain) = (0, 0);
        for (var trial = 0; trial < 600; trial++)
        {
            var values = Enumerable.Range(0, 10).Select(_ => Normal()).ToList();
            bool Holds(double tail) => Bootstrap.Interval(10, places => places.Average(i => values[i]), trial, 400, tail) is var (low, high) && low <= 0 && high >= 0;
            wide += Holds(Bootstrap.MeanTail(10)) ? 1 : 0;
            plain += Holds(0.025) ? 1 : 0;
        }
        Assert.InRange(wide / 600.0, 0.925, 0.975);
        Assert.InRange(plain / 600.0, 0.85, 0.93);
    }
}
