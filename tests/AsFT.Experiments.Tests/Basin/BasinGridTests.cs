using AsFT.Experiments.Basin;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Tests.Basin;

public sealed class BasinGridTests
{
    private static readonly BasinOptions Small = new() { Points = 5, Extent = 0.5, Directions = [WalkDirection.Alignment, WalkDirection.Random] };

    [Fact]
    public void Values_GoFromMinusToPlusExtent_WithAnExactZero() => Assert.Equal([-0.5, -0.25, 0, 0.25, 0.5], BasinGrid.Values(Small));

    [Fact]
    public void Points_OfLines_BeginAtTheModel_AndGoOutwardsWithBothSigns()
    {
        var points = BasinGrid.Points(Small);
        Assert.Equal(Enumerable.Range(1, 9), points.Select(p => p.Step));
        Assert.Equal([(WalkDirection.Alignment, 0.0), (WalkDirection.Alignment, 0.25), (WalkDirection.Alignment, -0.25), (WalkDirection.Alignment, 0.5), (WalkDirection.Alignment, -0.5)], points.Take(5).Select(p => (p.Along, p.Alpha)));
        Assert.Equal([0.25, -0.25, 0.5, -0.5], points.Skip(5).Select(p => p.Alpha));
        Assert.All(points.Skip(5), p => Assert.Equal((WalkDirection.Random, null, 0.0), (p.Along, p.Across, p.Beta)));
    }

    /// <summary>What lies on an axis of the surface is a point of a line already: 5 × 5 places, of which 9 are.</summary>
    [Fact]
    public void Points_OfASurface_AreEachModelOnce_NearestFirst()
    {
        var options = Small with { Surface = [WalkDirection.Random, WalkDirection.Alignment] };
        var surface = BasinGrid.Points(options).Skip(9).ToList();
        Assert.Equal(16, surface.Distinct().Count());
        Assert.Equal(25, BasinGrid.Count(options));
        Assert.All(surface, p => Assert.Equal((WalkDirection.Random, WalkDirection.Alignment), (p.Along, p.Across)));
        Assert.All(surface, p => Assert.True(p.Alpha != 0 && p.Beta != 0));
        Assert.Equal(surface.Select(p => p.Alpha * p.Alpha + p.Beta * p.Beta).Order(), surface.Select(p => p.Alpha * p.Alpha + p.Beta * p.Beta));
    }

    [Fact]
    public void Points_AreAsManyAsCounted()
    {
        var options = new BasinOptions { Directions = [WalkDirection.Alignment, WalkDirection.Harm, WalkDirection.Random], Surface = [WalkDirection.Alignment, WalkDirection.Harm] };
        Assert.Equal(1 + 3 * 20 + 400, BasinGrid.Count(options));
        Assert.Equal(BasinGrid.Count(options), BasinGrid.Points(options).Count);
    }
}
