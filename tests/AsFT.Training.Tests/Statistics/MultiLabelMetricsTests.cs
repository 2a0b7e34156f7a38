using AsFT.Experiments.Statistics;

namespace AsFT.Training.Tests.Statistics;

/// <summary>Here for the golden data; counted by hand in the tests of the experiments.</summary>
public sealed class MultiLabelMetricsTests
{
    public static TheoryData<string> Cases => [.. Oracle.Case("metrics")["cases"]!.AsArray().Select(c => (string)c!["name"]!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Of_EqualsScikitLearn(string name)
    {
        var expected = Oracle.Case("metrics")["cases"]!.AsArray().Single(c => (string)c!["name"]! == name)!;
        var data = Oracle.Tensors("metrics", "metrics.safetensors");
        var metrics = MultiLabelMetrics.Of(Matrix(data[$"{name}.y_true"]), Matrix(data[$"{name}.y_pred"]));
        Assert.Equal((double)expected["macro_f1"]!, metrics.F1Macro, 1e-12);
        Assert.Equal((double)expected["micro_f1"]!, metrics.F1Micro, 1e-12);
        Assert.Equal((double)expected["samples_jaccard"]!, metrics.Jaccard, 1e-12);
        Assert.Equal((double)expected["samples_jaccard_zero_division_1"]!, metrics.JaccardSemEval, 1e-12);
        var labels = expected["per_label_f1"]!.AsArray();
        Assert.Equal(labels.Count, metrics.Labels.Count);
        foreach (var (f1, label) in labels.Zip(metrics.Labels)) Assert.Equal((double)f1!, label.F1, 1e-12);
    }

    private static bool[,] Matrix(Tensor t)
    {
        var matrix = new bool[t.shape[0], t.shape[1]];
        for (var i = 0; i < t.shape[0]; i++)
            for (var j = 0; j < t.shape[1]; j++) matrix[i, j] = t[i, j].ToByte() != 0;
        return matrix;
    }
}
