using AsFT.Training.Basin;
using AsFT.Training.Safety;

namespace AsFT.Training.Tests.Basin;

public sealed class AlignmentSpectraTests
{
    /// <summary>Singular values 4 and 3, ‖V‖ = 5: 16/5 and 9/5, which add up to 5.</summary>
    [Fact]
    public void Of_ADiagonalV_IsItsSquaresOverItsLength()
    {
        var found = AlignmentSpectra.Of("q", tensor(new float[] { 3, 0, 0, 4 }, [2, 2]));
        Assert.Equal(("q", 0), (found.Module, found.FaintShare));
        Close([5, 3.2, 1.8], [found.Sum, .. found.Largest]);
    }

    /// <summary>One direction of three outputs: 2²/2, and two that Ĉ knows nothing of.</summary>
    [Fact]
    public void Of_ATallV_CountsTheOutputsThatNothingPasses()
    {
        var found = AlignmentSpectra.Of("q", tensor(new float[] { 2, 0, 0, 0, 0, 0 }, [3, 2]));
        Close([2, 2, 0, 2.0 / 3], [found.Sum, .. found.Largest, found.FaintShare!.Value]);
    }

    [Fact]
    public void Of_NoChange_IsZeroWithoutAFault()
    {
        var found = AlignmentSpectra.Of("q", zeros(3, 2));
        Assert.Equal((0, null), (found.Sum, found.FaintShare));
        Assert.Empty(found.Largest);
    }

    /// <summary>The same numbers as of the matrix that the penalty uses.</summary>
    [Fact]
    public void Of_ARandomV_IsTheSpectrumOfTheDirection()
    {
        using var dice = new Generator(5, CPU);
        var v = randn([12, 20], generator: dice) * 0.1;
        using var direction = new AlignmentDirection();
        direction.Add("q", v);
        Close(direction.Spectrum("q", 16), AlignmentSpectra.Of("q", v).Largest);
    }

    [Fact]
    public void Of_ALargeV_GivesTheLargestAlone()
    {
        using var dice = new Generator(6, CPU);
        var v = mm(randn([1100, 3], generator: dice), randn([3, 1030], generator: dice));
        var found = AlignmentSpectra.Of("q", v);
        Assert.Null(found.FaintShare);
        Assert.Equal(16, found.Largest.Count);
        Assert.Equal(found.Sum, found.Largest.Take(3).Sum(), found.Sum * 1e-4); // of rank 3: these are all there is
    }

    private static void Close(IEnumerable<double> expected, IEnumerable<double> actual)
    {
        Assert.Equal(expected.Count(), actual.Count());
        Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-5));
    }
}
