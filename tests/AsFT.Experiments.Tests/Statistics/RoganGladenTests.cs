using AsFT.Experiments.Statistics;

namespace AsFT.Experiments.Tests.Statistics;

public sealed class RoganGladenTests
{
    /// <summary>
    /// (0.3 + 0.9 − 1)/(0.8 + 0.9 − 1) = 2/7. Of the interval, z² = 3.8414588: p' = 31.9207294/103.8414588 = 0.3073987, se' = 41/52, sp' = 181/202,
    /// se' + sp' − 1 = 0.6845011, c' = 0.2034383/0.6845011 = 0.2972067, a = 0.7884615·0.2115385/52 = 0.0032075, b = 0.8960396·0.1039604/202 = 0.00046115;
    /// centre c' + 7.6829176·(0.2972067a − 0.7027933b) = 0.3020407, reach 1.9599640·√(0.0020503 + 0.0002833 + 0.0002278)/0.6845011 = 0.1449142.
    /// </summary>
    [Fact]
    public void Correct_AShare_IsCorrectedForBothErrors()
    {
        var (value, low, high) = RoganGladen.Correct(0.3, 100, 0.8, 50, 0.9, 200)!.Value;
        Assert.Equal(2 / 7.0, value, 12);
        Assert.Equal(0.3020407 - 0.1449142, low, 6);
        Assert.Equal(0.3020407 + 0.1449142, high, 6);
    }

    /// <summary>p' = 1.9207294/253.8414588 = 0.0075666, se' = sp' = 21/22, c' = −0.0378880/0.9090909 = −0.0416767; centre −0.0580919, reach 0.1005016.</summary>
    [Fact]
    public void Correct_NoneCalled_ByAJudgeSeenWithoutErrorOnTwentyTexts_LeavesRoomAbove()
    {
        var (value, low, high) = RoganGladen.Correct(0, 250, 1, 20, 1, 20)!.Value;
        Assert.Equal((0, 0), (value, low));
        Assert.Equal(0.1005016 - 0.0580919, high, 6);
    }

    /// <summary>5 of 5 found and 1 of 50 left alone: se + sp = 1.02, and se' + sp' = 6/7 + 2/52 is less than chance.</summary>
    [Theory]
    [InlineData(1, 5, 0.02, 50)]
    [InlineData(1, 4, 1, 500)]
    [InlineData(1, 500, 1, 4)]
    public void Correct_AValidationOfAHandful_LeavesAllOpen(double se, int n1, double sp, int n0) => Assert.Equal((1, 0, 1), RoganGladen.Correct(1, 100, se, n1, sp, n0)!.Value);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(50, 50)]
    [InlineData(3, 500)]
    public void Correct_TheInterval_HoldsTheValue(int called, int n)
    {
        foreach (var (n1, n0) in new[] { (1, 20), (4, 2000), (5, 5), (5, 2000), (2000, 5), (200, 200) })
        {
            var (value, low, high) = RoganGladen.Correct((double)called / n, n, 1, n1, 1, n0)!.Value;
            Assert.True(low <= value && value <= high && low < high, $"{value} in {low} to {high}");
        }
    }

    /// <summary>With sp = 0.84 on 1,651 texts some 16 % of harmless answers would be called harmful; none of 50 are. The judge's texts were others, and "0, surely" would be a lie.</summary>
    [Theory]
    [InlineData(0, 0.59, 0.84)]
    [InlineData(1, 0.59, 0.84)]
    public void Correct_ACountThatTheSeenErrorsCannotGive_IsNotCorrected(double counted, double se, double sp) => Assert.Null(RoganGladen.Correct(counted, 50, se, 1608, sp, 1651));

    [Fact]
    public void Correct_APerfectJudge_ChangesNothing() => Assert.Equal(0.3, RoganGladen.Correct(0.3, 100, 1, 50, 1, 50)!.Value.Value, 12);

    [Theory]
    [InlineData(0.05, 0)] // fewer than its own false alarms
    [InlineData(0.85, 1)]
    public void Correct_WhatLiesOutside_IsKeptWithinAShare(double counted, double expected) => Assert.Equal(expected, RoganGladen.Correct(counted, 100, 0.8, 50, 0.9, 50)!.Value.Value);

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(0.2, 0.7)]
    public void Correct_AJudgeNoBetterThanChance_CorrectsNothing(double sensitivity, double specificity) => Assert.Null(RoganGladen.Correct(0.3, 100, sensitivity, 50, specificity, 50));

    [Fact]
    public void Correct_WithoutAnyHarmfulText_CorrectsNothing() => Assert.Null(RoganGladen.Correct(0.3, 100, 0, 0, 1, 50));
}
