using System.Text.Json.Nodes;
using AsFT.Experiments.Search;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Tests.Search;

public sealed class SweepRulesTests
{
    private static IReadOnlyList<Fault> Check(string options, string search, string scoring = "{dev: texts}") => SweepRules.Check(SweepRequest.Parse($$"""
        specification:
          task: classification
          data: {train: [texts]}
          scoring: {{scoring}}
        search: {{search}}
        {{options}}
        """));

    /// <summary>5 · 5 = 25: the last five of a grid would be left out without a word.</summary>
    [Theory]
    [InlineData("algorithm: grid\npoints: 20", true)]
    [InlineData("algorithm: grid\npoints: 25", false)]
    [InlineData("algorithm: random\npoints: 20", false)]
    public void Check_AGridWithMorePointsThanAreTried_IsRefused(string options, bool refused)
    {
        var points = options.Contains("grid", StringComparison.Ordinal) ? ", points: 5" : "";
        var faults = Check(options, $"[{{setting: loss.alpha, kind: log, min: 1e-4, max: 0.1{points}}}, {{setting: loss.temperature, kind: linear, min: 0.5, max: 2{points}}}]");
        if (refused) Assert.Contains("are 20, and the grid has 25", Assert.Single(faults, f => f.Path == "points").Problem);
        else Assert.Empty(faults);
    }

    /// <summary>Each training set would bring its own dev rows along.</summary>
    [Theory]
    [InlineData("{dev: texts}", false)]
    [InlineData("{dev_share: 0.2}", true)]
    public void Check_TrainingDataWithoutACommonDevSet_AreNotSearched(string scoring, bool refused) =>
        Assert.Equal(refused, Check("points: 2", "[{setting: data.train, kind: values, values: [one, two]}]", scoring).Any(f => f.Problem.Contains("name a dataset as scoring.dev", StringComparison.Ordinal)));
}
