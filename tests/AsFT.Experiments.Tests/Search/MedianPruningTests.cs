using AsFT.Experiments.Search;

namespace AsFT.Experiments.Tests.Search;

public sealed class MedianPruningTests
{
    /// <summary>Best after two evaluations: 0.2, 0.3, 0.4, 0.5 and 0.6, so the median is 0.4; the sixth has one evaluation only.</summary>
    private static readonly double[][] Others = [[0.2, 0.1, 0.9], [0.1, 0.3, 0.9], [0.4, 0.1, 0.9], [0.1, 0.5, 0.9], [0.6, 0.6, 0.9], [0.9]];

    [Theory]
    [InlineData(0.39, 0.1, true)]
    [InlineData(0.1, 0.39, true)]
    [InlineData(0.4, 0.1, false)]
    [InlineData(0.1, 0.8, false)]
    [InlineData(double.NaN, 0.5, false)]
    [InlineData(double.NaN, double.NaN, true)]
    public void IsHopeless_BelowTheMedianOfTheOthersAtTheSameEvaluation(double first, double second, bool hopeless) =>
        Assert.Equal(hopeless, MedianPruning.IsHopeless([first, second], Others));

    [Fact]
    public void IsHopeless_OfAnEvenNumber_TakesTheMiddleOfTheTwo()
    {
        double[][] four = [[0, 0.2], [0, 0.3], [0, 0.5], [0, 0.6]];
        Assert.True(MedianPruning.IsHopeless([0, 0.39], four, startup: 4));
        Assert.False(MedianPruning.IsHopeless([0, 0.41], four, startup: 4));
    }

    [Fact]
    public void IsHopeless_BeforeEnoughOthersOrEvaluations_IsFalse()
    {
        Assert.False(MedianPruning.IsHopeless([0, 0], Others, startup: 6)); // five came as far
        Assert.False(MedianPruning.IsHopeless([0, 0], Others, warmup: 2));
        Assert.False(MedianPruning.IsHopeless([0], Others));
        Assert.False(MedianPruning.IsHopeless([0, 0], [], startup: 0));
    }
}
