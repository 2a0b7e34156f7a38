using AsFT.Experiments.Statistics;

namespace AsFT.Experiments.Tests.Statistics;

public sealed class MeanEstimateTests
{
    [Fact]
    public void Of_ThreeValues_IsTheTInterval()
    {
        // 1, 2, 3: s = 1, t₀.₉₇₅(2) = 4.302653, half width 4.302653/√3 = 2.484138.
        var estimate = MeanEstimate.Of([1, 2, 3]);
        Assert.Equal(2, estimate.Mean, 1e-12);
        Assert.Equal(2 - 2.484138, estimate.Low!.Value, 1e-6);
        Assert.Equal(2 + 2.484138, estimate.High!.Value, 1e-6);
    }

    [Fact]
    public void Of_OneValue_HasNoInterval() => Assert.Equal(new(7, null, 1), MeanEstimate.Of([7]));

    [Fact]
    public void Of_Nothing_Throws() => Assert.Throws<ArgumentException>(() => MeanEstimate.Of([]));

    [Fact]
    public void OfDifference_PairsByPlace() // 9, 8, 7: mean 8, as 1, 2, 3 apart
    {
        var estimate = MeanEstimate.OfDifference([10, 20, 30], [1, 12, 23]);
        Assert.Equal(8, estimate.Mean, 1e-12);
        Assert.Equal(2.484138, estimate.HalfWidth!.Value, 1e-6);
        Assert.Throws<ArgumentException>(() => MeanEstimate.OfDifference([1, 2], [1]));
    }

    /// <summary>ν = 1 is the Cauchy distribution: 2/π · atan t. ν = 2: t/√(2 + t²). The rest from tables.</summary>
    [Theory]
    [InlineData(1, 12.706205)]
    [InlineData(2, 4.302653)]
    [InlineData(3, 3.182446)]
    [InlineData(4, 2.776445)]
    [InlineData(9, 2.262157)]
    [InlineData(30, 2.042272)]
    [InlineData(120, 1.979930)]
    public void Critical_OfFreedom_IsInTheTables(int freedom, double t) => Assert.Equal(t, StudentT.Critical(freedom), 1e-5);

    [Fact]
    public void Within_OneAndTwoDegrees_HasTheClosedForm()
    {
        Assert.Equal(0.5, StudentT.Within(1, 1), 1e-12); // atan 1 = π/4
        Assert.Equal(1 / Math.Sqrt(3), StudentT.Within(1, 2), 1e-12);
        Assert.Equal(StudentT.Within(2, 5), StudentT.Within(-2, 5));
    }
}
