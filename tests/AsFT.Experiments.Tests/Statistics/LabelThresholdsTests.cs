using AsFT.Experiments.Statistics;

namespace AsFT.Experiments.Tests.Statistics;

public sealed class LabelThresholdsTests
{
    private static double Of(params (double Score, bool True)[] samples)
    {
        var (scores, truth) = (new double[samples.Length, 1], new bool[samples.Length, 1]);
        for (var i = 0; i < samples.Length; i++) (scores[i, 0], truth[i, 0]) = samples[i];
        return LabelThresholds.Of(scores, truth).Single();
    }

    [Fact]
    public void Of_ScoresApartAroundOneHalf_StaysThere() => Assert.Equal(0.5, Of((0.9, true), (0.4, false)));

    [Fact]
    public void Of_ScoresApartBelowOneHalf_IsTheirMiddle() => Assert.Equal(0.25, Of((0.3, true), (0.2, false), (0.1, false)), 1e-12);

    [Fact]
    public void Of_MixedScores_HasTheBestF1() // of the first sample 2/3, of two 1/2, of three 4/5, of all 2/3; between .3 and .1
        => Assert.Equal(0.2, Of((0.7, true), (0.4, false), (0.3, true), (0.1, false)), 1e-12);

    [Fact]
    public void Of_EqualF1_TakesTheNearestToOneHalf()
    {
        // The best F1 is 2/3: of .95 alone (1 right of 1, 1 missed), or of all four (2 right of 4). In between 1/2 and 2/5. Thresholds: .925 and .05.
        Assert.Equal(0.925, Of((0.95, true), (0.9, false), (0.8, false), (0.1, true)), 1e-12);
        Assert.Equal(0.5, Of((0.95, true), (0.9, false), (0.85, false), (0.8, true))); // all four lie above .5
    }

    [Fact]
    public void Of_ALabelThatIsNeverTrue_IsOneHalf() => Assert.Equal(0.5, Of((0.9, false), (0.2, false)));

    [Fact]
    public void Of_EqualScores_AreNotSplit() // all or nothing: all
        => Assert.Equal(0.15, Of((0.3, true), (0.3, false), (0.3, true)), 1e-12);

    [Fact]
    public void Of_NeighbouringNumbers_StillTellsThemApart()
    {
        var (low, high) = (0.2, Math.BitIncrement(0.2));
        var threshold = Of((high, true), (low, false));
        Assert.True(high > threshold && !(low > threshold));
    }

    [Fact]
    public void Of_SeveralLabels_TreatsEachAlone()
        => Assert.Equal([0.5, 0.25], LabelThresholds.Of(new[,] { { 0.9, 0.3 }, { 0.1, 0.2 } }, new[,] { { true, true }, { false, false } }));

    /// <summary>Every threshold on a fine grid is at most as good.</summary>
    [Fact]
    public void Of_RandomScores_IsBeatenByNoThreshold()
    {
        var random = new Random(4);
        var samples = Enumerable.Range(0, 40).Select(_ => (Score: Math.Round(random.NextDouble(), 2), True: random.Next(3) == 0)).ToArray();
        double F1(double t) => 2.0 * samples.Count(s => s.True && s.Score > t) / (samples.Count(s => s.True) + samples.Count(s => s.Score > t));
        Assert.Equal(Enumerable.Range(0, 1000).Max(i => F1(i / 1000.0)), F1(Of(samples)));
    }
}
