using System.Text.Json.Nodes;
using AsFT.Experiments.Search;

namespace AsFT.Experiments.Tests.Search;

public sealed class SettingImportanceTests
{
    private static readonly SearchSpace Space = new()
    {
        Search =
        [
            new() { Setting = "a", Kind = DimensionKind.Linear, Min = -1, Max = 1 },
            new() { Setting = "c", Values = [JsonValue.Create("x"), JsonValue.Create("y")] },
        ],
    };

    private static Trial Of(double a, string c, double score, bool pruned = false) => new(new Dictionary<string, JsonValue> { ["a"] = JsonValue.Create(a), ["c"] = JsonValue.Create(c) }, score, pruned);

    private static double Share(IReadOnlyList<Trial> trials, string setting) => SettingImportance.Of(Space, trials).Single(s => s.Setting == setting).Share;

    /// <summary>
    /// x has the scores 1 and 3, y has 5 and 7: of the squares about the mean 4, 9 + 1 + 1 + 9 = 20, those within the bins are
    /// 1 + 1 + 1 + 1 = 4, so 1 − 4/20 · 3/2 = 0.7.
    /// </summary>
    [Fact]
    public void Of_TwoCategories_IsTheCorrectedCorrelationRatio() =>
        Assert.Equal(0.7, Share([Of(0, "x", 1), Of(0, "x", 3), Of(0, "y", 5), Of(0, "y", 7)], "c"), 12);

    [Fact]
    public void Of_ASettingThatDecidesAll_IsNearOneAndOfTheOtherZero()
    {
        Trial[] trials = [.. Enumerable.Range(0, 100).Select(i => Of(i % 50 / 25.0 - 1, i < 50 ? "x" : "y", Math.Pow(i % 50 / 25.0 - 1, 2)))]; // a curve with no slope over all
        Assert.InRange(Share(trials, "a"), 0.8, 1);
        Assert.Equal(0, Share(trials, "c"));
    }

    /// <summary>The limit that the method's description states.</summary>
    [Fact]
    public void Of_SettingsThatMatterOnlyTogether_IsZero()
    {
        Trial[] trials = [.. Enumerable.Range(0, 40).Select(i => Of(i % 2, i / 2 % 2 == 0 ? "x" : "y", i % 2 ^ i / 2 % 2))];
        Assert.Equal((0, 0), (Share(trials, "a"), Share(trials, "c")));
    }

    [Fact]
    public void Of_TooFewTrials_IsNotANumber_AndPrunedOnesDoNotCount()
    {
        Assert.Equal(double.NaN, Share([Of(0, "x", 1), Of(0, "x", 3), Of(0, "y", 5)], "c"));
        Assert.Equal(double.NaN, Share([Of(0, "x", 1), Of(0, "x", 3), Of(0, "y", 5), Of(0, "y", 7, pruned: true), Of(0, "y", double.NaN)], "c"));
        Assert.Equal(0, Share([.. Enumerable.Range(0, 10).Select(i => Of(i / 10.0, "x", 1))], "a")); // nothing to explain
    }
}
