using AsFT.Experiments.Statistics;

namespace AsFT.Experiments.Tests.Statistics;

public sealed class SignTestTests
{
    [Theory]
    [InlineData(5, 0, 2 / 32.0)] // both extremes of 2⁵
    [InlineData(0, 5, 2 / 32.0)]
    [InlineData(4, 1, 12 / 32.0)] // 1 + 5 splits on each side
    [InlineData(3, 3, 1)]
    [InlineData(0, 0, 1)]
    public void P_OfASplit_IsCountedExactly(int wins, int losses, double p) => Assert.Equal(p, SignTest.P(wins, losses), 1e-12);

    [Fact]
    public void P_OfManyPairs_NeitherOverflowsNorVanishes() // z = (1100 − 1000)/√500 = 4.47 (4.45 corrected for whole numbers): p near 8.6e-6
        => Assert.InRange(SignTest.P(1100, 900), 8e-6, 9e-6);
}
