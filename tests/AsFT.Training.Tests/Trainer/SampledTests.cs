using AsFT.Trainer;

namespace AsFT.Training.Tests.Trainer;

public sealed class SampledTests
{
    /// <summary>Ten of a thousand lie at most a fifth apart; and of ten and ten steps in turns, each kind has about its half, though a twentieth of 200 is a whole turn.</summary>
    [Fact]
    public void At_SomeOfMany_LieInAllParts()
    {
        int[] some = [0, .. Enumerable.Range(0, 10).Select(n => Sampled.At(n, 1000)).Order(), 1000];
        Assert.Equal(500, Sampled.At(0, 1000));
        Assert.All(some.Zip(some.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 0, 200));
        Assert.InRange(Enumerable.Range(0, 10).Count(n => Sampled.At(n, 200) % 20 < 10), 3, 7);
        Assert.All(Enumerable.Range(0, 50), n => Assert.InRange(Sampled.At(n, 3), 0, 2));
    }
}
