using AsFT.Experiments.Statistics;

namespace AsFT.Experiments.Tests.Statistics;

public sealed class WilsonTests
{
    /// <summary>With z = 1.959964, z² = 3.841459: none of 100 gives [0, z²/(100 + z²)] = [0, 0.0369935].</summary>
    [Theory]
    [InlineData(0, 100, 0, 0.036993)]
    [InlineData(100, 100, 0.963007, 1)]
    [InlineData(50, 100, 0.403832, 0.596168)]
    [InlineData(0, 0, 0, 1)]
    public void Interval_IsTheScoreInterval(int count, int total, double low, double high)
    {
        var interval = Wilson.Interval(count, total);
        Assert.Equal(low, interval.Low, 6);
        Assert.Equal(high, interval.High, 6);
    }

    [Fact]
    public void Interval_AtTheEnds_IsExact() => Assert.Equal((0.0, 1.0), (Wilson.Interval(0, 7).Low, Wilson.Interval(7, 7).High));

    [Theory]
    [InlineData(-1, 5)]
    [InlineData(6, 5)]
    public void Interval_OfTheImpossible_Throws(int count, int total) => Assert.Throws<ArgumentOutOfRangeException>(() => Wilson.Interval(count, total));
}
