using AsFT.Training.Classification;

namespace AsFT.Training.Tests.Classification;

public sealed class EmbeddingMapTests
{
    /// <summary>Points on a line y = 2x: the first component holds everything.</summary>
    [Fact]
    public void Of_PointsOnALine_AreSpreadAlongTheFirstAxisAlone()
    {
        var map = EmbeddingMap.Of(tensor(new[,] { { 0f, 0f, 1f }, { 1f, 2f, 1f }, { 3f, 6f, 1f } }), [[true], [false], [true]], null);
        Assert.Equal(1, map.Explained[0], 5);
        Assert.Equal(Math.Sqrt(5), Math.Abs(map.Points[1][0] - map.Points[0][0]), 3); // distances stay
        Assert.All(map.Points, p => Assert.Equal(0, p[1], 3));
    }

    /// <summary>
    /// Directions east, east, north, west with the sets {a}, {a}, {a, b}, {}: equal pairs (0, 1): 0; overlapping (0, 2), (1, 2): 1 − cos 90° = 1; disjoint
    /// (0, 3), (1, 3): 2 and (2, 3): 1, mean 5/3.
    /// </summary>
    [Fact]
    public void Pairs_AreSortedByWhatTheirLabelSetsHaveInCommon()
    {
        var found = EmbeddingMap.Pairs(tensor(new[,] { { 1f, 0f }, { 5f, 0f }, { 0f, 2f }, { -1f, 0f } }), [[true, false], [true, false], [true, true], [false, false]]);
        Assert.Equal((0, 1, 5 / 3.0), (found.Equal!.Value, found.Overlapping!.Value, found.Disjoint!.Value), (a, b) => Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2) + Math.Abs(a.Item3 - b.Item3) < 1e-5);
        Assert.Equal(0, found.Alignment!.Value, 5);
        // squared distances 0, 2, 2, 4, 4, 2: log((1 + 3e⁻⁴ + 2e⁻⁸)/6)
        Assert.Equal(Math.Log((1 + 3 * Math.Exp(-4) + 2 * Math.Exp(-8)) / 6), found.Uniformity!.Value, 4);
    }

    [Fact]
    public void Pairs_WhereThereAreNone_AreNotCounted()
    {
        var found = EmbeddingMap.Pairs(tensor(new[,] { { 1f, 0f }, { 0f, 1f } }), [[true], [false]]);
        Assert.Null(found.Equal);
        Assert.Null(found.Alignment);
        Assert.Equal(1, found.Disjoint!.Value, 5);
    }
}
