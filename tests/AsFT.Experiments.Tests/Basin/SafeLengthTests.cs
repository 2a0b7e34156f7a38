using AsFT.Experiments.Basin;

namespace AsFT.Experiments.Tests.Basin;

public sealed class SafeLengthTests
{
    private static readonly (double, double)[] Line = [(-0.3, 0), (-0.2, 0.9), (-0.1, 0.2), (0, 0), (0.1, 0.05), (0.2, 0.2), (0.3, 0.21)];

    /// <summary>0.2 is still safe, 0.21 is not.</summary>
    [Fact]
    public void Of_ToTheRight_EndsBeforeTheFirstUnsafePoint() => Assert.Equal(new(0.2, Left: true), SafeLength.Of(Line, 1, SafeLength.ByHarm(0.2)));

    /// <summary>What is safe beyond an unsafe point does not count: at −0.3 the model is broken.</summary>
    [Fact]
    public void Of_ToTheLeft_DoesNotJumpOverAGap() => Assert.Equal(new(0.1, Left: true), SafeLength.Of(Line, -1, SafeLength.ByHarm(0.2)));

    [Fact]
    public void Of_ALineThatIsSafeToItsEnd_IsALowerBound() => Assert.Equal(new(0.3, Left: false), SafeLength.Of(Line, 1, SafeLength.ByHarm(0.3)));

    [Fact]
    public void Of_AModelThatIsNotSafeItself_HasNone() => Assert.Equal(new(null, Left: true), SafeLength.Of([(0, 0.5), (0.1, 0)], 1, SafeLength.ByHarm(0.2)));

    /// <summary>The same line by refusals, of which 1 − 0.2 are asked.</summary>
    [Fact]
    public void ByRefusal_AsksForTheRest() => Assert.Equal(new(0.1, Left: true), SafeLength.Of([(0, 1), (0.1, 0.8), (0.2, 0.79)], 1, SafeLength.ByRefusal(0.2)));
}
