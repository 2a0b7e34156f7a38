using AsFT.Experiments.Statistics;

namespace AsFT.Experiments.Tests.Statistics;

public sealed class HolmTests
{
    [Fact]
    public void Adjust_MultipliesByWhatIsLeft_AndKeepsTheOrder() // sorted .01, .03, .04: ×3 = .03, ×2 = .06, ×1 = .04, which rises to .06
        => Assert.Equal([0.06, 0.03, 0.06], Holm.Adjust([0.04, 0.01, 0.03]).Select(p => Math.Round(p, 12)));

    [Fact]
    public void Adjust_NeverExceedsOne() => Assert.Equal([1.0, 1.0], Holm.Adjust([0.9, 0.6]));
}
