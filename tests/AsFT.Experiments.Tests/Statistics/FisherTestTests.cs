using AsFT.Experiments.Statistics;

namespace AsFT.Experiments.Tests.Statistics;

public sealed class FisherTestTests
{
    /// <summary>The lady tasting tea: three of four cups. Of C(8, 4) = 70 tables 16 have three right and 16 one, 1 all and 1 none: (16 + 16 + 1 + 1)/70.</summary>
    [Fact]
    public void P_OfThreeAgainstOneOfFour_CountsBothSides() => Assert.Equal(34 / 70.0, FisherTest.P(3, 4, 1, 4), 1e-12);

    /// <summary>Four of four against none: 2/70.</summary>
    [Fact]
    public void P_OfAllAgainstNone_IsTheTwoEnds() => Assert.Equal(2 / 70.0, FisherTest.P(4, 4, 0, 4), 1e-12);

    /// <summary>250 prompts cannot tell 4.0 % from 5.6 %.</summary>
    [Fact]
    public void P_OfTenAndFourteenOf250_IsAHalf() => Assert.Equal(0.53, FisherTest.P(10, 250, 14, 250), 0.005);

    [Theory]
    [InlineData(5, 10, 5, 10), InlineData(0, 10, 0, 20), InlineData(0, 0, 0, 3)]
    public void P_OfEqualShares_IsOne(int count1, int total1, int count2, int total2) => Assert.Equal(1, FisherTest.P(count1, total1, count2, total2), 1e-12);

    [Fact]
    public void P_OfACountAboveItsTotal_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => FisherTest.P(3, 2, 0, 2));
}
