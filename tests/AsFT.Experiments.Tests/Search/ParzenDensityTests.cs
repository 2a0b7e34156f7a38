using System.Text.Json.Nodes;
using AsFT.Experiments.Search;

namespace AsFT.Experiments.Tests.Search;

public sealed class ParzenDensityTests
{
    private static readonly SearchDimension Line = new() { Setting = "a", Kind = DimensionKind.Linear, Min = 2, Max = 4 };

    /// <summary>A normal as wide as the line, 2, cut off half a width to each side: φ(0)/2/(2Φ(½) − 1) = 0.3989423/2/0.3829249.</summary>
    [Fact]
    public void At_WithoutTrials_IsThePrior() => Assert.Equal(0.3989423 / 2 / 0.3829249, new ParzenDensity(Line, []).At(3), 5);

    [Theory]
    [InlineData(2.1)]
    [InlineData(2.1, 2.2, 3.9, 3.9)]
    [InlineData(2.0, 4.0)]
    public void At_OverTheLine_IntegratesToOne(params double[] places)
    {
        var density = new ParzenDensity(Line, places);
        Assert.Equal(1, Enumerable.Range(0, 20_000).Sum(i => density.At(2 + (i + 0.5) * 1e-4)) * 1e-4, 4);
    }

    [Fact]
    public void Draw_FollowsTheDensity()
    {
        var (density, random) = (new ParzenDensity(Line, [2.2, 2.3, 2.4]), new SplitMix(1, 2));
        var draws = Enumerable.Range(0, 3000).Select(_ => density.Draw(random)).ToList();
        Assert.All(draws, x => Assert.InRange(x, 2, 4));
        var expected = Enumerable.Range(0, 1000).Sum(i => density.At(2 + (i + 0.5) * 1e-3)) * 1e-3; // below 3
        Assert.Equal(expected, draws.Count(x => x < 3) / 3000.0, 0.037); // 4 √(¼/3000)
    }

    /// <summary>x twice, y once, z never, each plus one: 3, 2 and 1 of 6.</summary>
    [Fact]
    public void At_OfCategories_IsHowOftenEachWasTaken()
    {
        var density = new ParzenDensity(new() { Setting = "c", Values = [JsonValue.Create("x"), JsonValue.Create("y"), JsonValue.Create("z")] }, [0, 1, 0]);
        Assert.Equal([3 / 6.0, 2 / 6.0, 1 / 6.0], [density.At(0), density.At(1), density.At(2)]);
    }
}
