using System.Text.Json.Nodes;
using AsFT.Data;
using AsFT.Experiments.Specification;
using AsFT.Web.Gallery;
using AsFT.Web.Runs;

namespace AsFT.Web.Tests.Gallery;

public sealed class RunComparisonTests
{
    [Fact]
    public void Differences_TwoMethods_AreTheMethodAloneAndNotTheName()
    {
        var runs = new[] { Compared(Presets.Demo), Compared(Presets.Demo with { Name = "other", Method = Presets.Demo.Method with { Kind = MethodKind.Sft } }) };
        Assert.Equal([("method.kind", "asft|sft")], RunComparison.Differences(runs).Select(d => (d.Path, string.Join('|', d.Values))));
    }

    [Fact]
    public void Differences_SameSettings_AreNone() => Assert.Empty(RunComparison.Differences([Compared(Presets.Demo), Compared(Presets.Demo)]));

    [Theory]
    [InlineData("loss/task", 1)]
    [InlineData("eval/harmful", 1)]
    [InlineData("eval/accuracy", 3)]
    [InlineData("eval/refused", 3)]
    public void Best_IsLowestForLossAndHarmHighestForScores(string series, double expected) => Assert.Equal(expected, RunComparison.Best(series, new(2, 1, 3)));

    [Fact]
    public void ProtocolDifferences_OtherJudge_IsNamed_CutSharesAreNot()
    {
        var one = new Dictionary<string, string> { ["judge"] = "lab 1", ["decoding"] = "greedy", ["task_cut"] = "0 %" };
        var other = new Dictionary<string, string> { ["judge"] = "phrases 1", ["decoding"] = "greedy", ["task_cut"] = "5 %" };
        Assert.Equal(["judge"], RunComparison.ProtocolDifferences([one, other]));
    }

    /// <summary>Runs are ranked by one quantity; who ranked them by their test scores would have learnt from the test.</summary>
    [Fact]
    public void Score_OfAClassifier_IsF1OnDevWithTheKeptWeights_NeverOnTest()
    {
        var run = Compared(Presets.Classifier);
        SeriesSummary eval = new(0.5, 0.1, 0.7), dev = new(0.72, 0.72, 0.72), test = new(0.6, 0.6, 0.6);
        Assert.Equal(0.7, (run with { Series = new Dictionary<string, SeriesSummary> { ["eval/f1_macro"] = eval, ["test/f1_macro"] = test } }).Score);
        Assert.Equal(0.72, (run with { Series = new Dictionary<string, SeriesSummary> { ["eval/f1_macro"] = eval, ["dev_best/f1_macro"] = dev, ["test/f1_macro"] = test } }).Score);
        Assert.Equal(0.5, (Compared(Presets.Demo) with { Series = new Dictionary<string, SeriesSummary> { ["eval/f1_macro"] = eval } }).Score);
        Assert.Null(run.Score);
    }

    [Fact]
    public void Strength_OfPlainCrossEntropy_IsNone()
    {
        var plain = Compared(Presets.Classifier with { Loss = Presets.Classifier.Loss with { Kind = LossKind.Bce, Alpha = 0.02 } });
        Assert.Null(plain.Strength);
        Assert.Equal(["loss.kind"], RunComparison.Differences([plain, Compared(Presets.Classifier)]).Select(d => d.Path));
    }

    private static ComparedRun Compared(RunSpecification s) => new(
        new(Guid.NewGuid(), s.Name, RunState.Completed, null, "", null, 0, 0, null, default, default, null, null, "", "", JsonNode.Parse(SpecificationText.ToJson(s))!),
        new Dictionary<string, SeriesSummary>());
}
