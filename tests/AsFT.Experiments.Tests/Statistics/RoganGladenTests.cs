using AsFT.Experiments.Statistics;

namespace AsFT.Experiments.Tests.Statistics;

public sealed class RoganGladenTests
{
    /// <summary>(0.3 + 0.9 − 1)/(0.8 + 0.9 − 1) = 2/7.</summary>
    [Fact]
    public void Correct_AShare_IsCorrectedForBothErrors()
    {
        var (value, low, high) = RoganGladen.Correct(0.3, 100, 0.8, 50, 0.9, 200)!.Value;
        Assert.Equal(2 / 7.0, value, 12);
        // V = (0.3·0.7/100 + (2/7)²·0.8·0.2/50 + (5/7)²·0.9·0.1/200)/0.49 = (0.0021 + 0.00026122 + 0.00022959)/0.49 = 0.00528737
        Assert.Equal(1.959963985 * Math.Sqrt(0.00528737), value - low, 5);
        Assert.Equal(value - low, high - value, 12);
    }

    [Fact]
    public void Correct_APerfectJudge_ChangesNothing() => Assert.Equal(0.3, RoganGladen.Correct(0.3, 100, 1, 50, 1, 50)!.Value.Value, 12);

    [Theory]
    [InlineData(0.05, 0)] // fewer than its own false alarms
    [InlineData(0.95, 1)]
    public void Correct_WhatLiesOutside_IsKeptWithinAShare(double counted, double expected) => Assert.Equal(expected, RoganGladen.Correct(counted, 100, 0.8, 50, 0.9, 50)!.Value.Value);

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(0.2, 0.7)]
    public void Correct_AJudgeNoBetterThanChance_CorrectsNothing(double sensitivity, double specificity) => Assert.Null(RoganGladen.Correct(0.3, 100, sensitivity, 50, specificity, 50));

    [Fact]
    public void Correct_WithoutAnyHarmfulText_CorrectsNothing() => Assert.Null(RoganGladen.Correct(0.3, 100, 0, 0, 1, 50));
}
