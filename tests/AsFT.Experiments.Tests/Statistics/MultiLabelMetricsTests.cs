using AsFT.Experiments.Statistics;

namespace AsFT.Experiments.Tests.Statistics;

public sealed class MultiLabelMetricsTests
{
    [Fact]
    public void Of_FourSamples_CountsByLabel()
    {
        // Label 0: said of samples 0, 1, 2, true of 0 and 1. Label 1: true of 0 and never said. Label 2: neither. Sample 3 is empty in both.
        var metrics = MultiLabelMetrics.Of(
            new[,] { { true, true, false }, { true, false, false }, { false, false, false }, { false, false, false } },
            new[,] { { true, false, false }, { true, false, false }, { true, false, false }, { false, false, false } });
        Assert.Equal([new(2 / 3.0, 1, 4 / 5.0, 2), new(0, 0, 0, 1), new(0, 0, 0, 0)], metrics.Labels);
        Assert.Equal(4 / 5.0 / 3, metrics.F1Macro, 1e-12);
        Assert.Equal(4 / 6.0, metrics.F1Micro, 1e-12); // tp 2, fp 1, fn 1
        Assert.Equal((0.5 + 1 + 0 + 0) / 4, metrics.Jaccard, 1e-12);
        Assert.Equal((0.5 + 1 + 0 + 1) / 4, metrics.JaccardSemEval, 1e-12);
    }

    [Fact]
    public void Of_NoSamples_IsZero()
    {
        var metrics = MultiLabelMetrics.Of(new bool[0, 2], new bool[0, 2]);
        Assert.Equal((0, 0, 0, 0), (metrics.F1Macro, metrics.F1Micro, metrics.Jaccard, metrics.JaccardSemEval));
    }
}
