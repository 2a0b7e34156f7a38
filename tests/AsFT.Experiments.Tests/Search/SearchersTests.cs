using System.Text.Json.Nodes;
using AsFT.Experiments.Search;

namespace AsFT.Experiments.Tests.Search;

public sealed class SearchersTests
{
    private static readonly SearchSpace Space = new()
    {
        Search =
        [
            new() { Setting = "a", Kind = DimensionKind.Linear, Min = -1, Max = 1, Points = 3 },
            new() { Setting = "b", Kind = DimensionKind.Log, Min = 1e-5, Max = 0.1, Points = 5 },
            new() { Setting = "c", Kind = DimensionKind.Values, Values = [JsonValue.Create("x"), JsonValue.Create("y"), JsonValue.Create("z")] },
            new() { Setting = "d", Kind = DimensionKind.Integer, Min = 1, Max = 3, Points = 9 },
        ],
    };

    private static string Text(IReadOnlyDictionary<string, JsonValue>? point) => string.Join(' ', point!.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Value.ToJsonString()));

    private static double Number(IReadOnlyDictionary<string, JsonValue> point, string setting) => double.Parse(point[setting].ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Best at a = 0.3, b = 1e-3 and c = y; d does nothing.</summary>
    private static double Score(IReadOnlyDictionary<string, JsonValue> point) =>
        -Math.Pow(Number(point, "a") - 0.3, 2) - Math.Pow((Math.Log10(Number(point, "b")) + 3) / 2, 2) - (point["c"].GetValue<string>() == "y" ? 0 : 0.5);

    [Fact]
    public void Grid_HasEveryCombinationOnce()
    {
        var points = Enumerable.Range(0, (int)GridSearch.Count(Space)).Select(i => GridSearch.Point(Space, i)!).ToList();
        Assert.Equal(3 * 5 * 3 * 3, points.Select(Text).Distinct().Count());
        Assert.Equal(3 * 5 * 3 * 3, points.Count);
        Assert.Equal([-1, 0, 1], points.Select(p => Number(p, "a")).Distinct().Order());
        Assert.Equal([1e-5, 1e-4, 1e-3, 1e-2, 0.1], points.Select(p => Math.Round(Number(p, "b"), 12)).Distinct().Order());
        Assert.Equal([1, 2, 3], points.Select(p => Number(p, "d")).Distinct().Order()); // nine points were asked, there are three
        Assert.Null(GridSearch.Point(Space, points.Count));
    }

    [Fact]
    public void Count_OfAGridThatNobodyCanRun_DoesNotOverflow() =>
        Assert.Equal(long.MaxValue, GridSearch.Count(new() { Search = [.. Enumerable.Range(0, 30).Select(i => new SearchDimension { Setting = $"s{i}", Kind = DimensionKind.Linear, Max = 1, Points = 1000 })] }));

    /// <summary>Of 3,000 draws a share p comes out within 4 √(p(1−p)/3000), at most 0.037.</summary>
    [Fact]
    public void Random_StaysInItsRangesAndIsEvenInThem()
    {
        var points = Enumerable.Range(0, 3000).Select(i => RandomSearch.Point(Space, 1, i)).ToList();
        double Share(Func<IReadOnlyDictionary<string, JsonValue>, bool> holds) => points.Count(holds) / 3000.0;
        Assert.All(points, p => Assert.True(Number(p, "a") is >= -1 and <= 1 && Number(p, "b") is >= 1e-5 and <= 0.1 && Number(p, "d") is 1 or 2 or 3));
        Assert.Equal(0.5, Share(p => Number(p, "a") < 0), 0.037);
        foreach (var power in new[] { -4, -3, -2 }) Assert.Equal((power + 5) / 4.0, Share(p => Number(p, "b") < Math.Pow(10, power)), 0.037);
        foreach (var letter in new[] { "x", "y", "z" }) Assert.Equal(1 / 3.0, Share(p => p["c"].GetValue<string>() == letter), 0.037);
        foreach (var whole in new[] { 1, 2, 3 }) Assert.Equal(1 / 3.0, Share(p => Number(p, "d") == whole), 0.037);
    }

    [Fact]
    public void Point_OfTheSameHistory_IsTheSame()
    {
        var trials = Run(30, 3);
        Assert.Equal(Text(TreeParzenSearch.Point(Space, trials, 3, 30)), Text(TreeParzenSearch.Point(Space, [.. trials.AsEnumerable().Reverse()], 3, 30)));
        Assert.NotEqual(Text(TreeParzenSearch.Point(Space, trials, 3, 30)), Text(TreeParzenSearch.Point(Space, trials, 4, 30)));
        Assert.Equal(Text(RandomSearch.Point(Space, 3, 7)), Text(RandomSearch.Point(Space, 3, 7)));
        Assert.NotEqual(Text(RandomSearch.Point(Space, 3, 7)), Text(RandomSearch.Point(Space, 3, 8)));
    }

    [Fact]
    public void TreeParzen_NeedsFewerTrialsThanRandom()
    {
        static int Needed(Func<IReadOnlyList<Trial>, int, IReadOnlyDictionary<string, JsonValue>> next)
        {
            var trials = new List<Trial>();
            while (trials.Count < 500 && (trials.Count == 0 || trials[^1].Score < -0.01)) trials.Add(Next(trials, next));
            return trials.Count;
        }
        var parzen = Enumerable.Range(0, 30).Average(seed => Needed((trials, i) => TreeParzenSearch.Point(Space, trials, seed, i)));
        var random = Enumerable.Range(0, 30).Average(seed => Needed((_, i) => RandomSearch.Point(Space, seed, i)));
        TestContext.Current.SendDiagnosticMessage($"trials to a score of -0.01, mean of 30 seeds: {parzen:F1} by TPE, {random:F1} at random");
        Assert.InRange(parzen, TreeParzenSearch.Startup, random / 2);
    }

    [Fact]
    public void TreeParzen_InASmallSpace_TriesEachPointBeforeOneTwice()
    {
        var space = new SearchSpace { Search = [new() { Setting = "d", Kind = DimensionKind.Integer, Min = 1, Max = 20 }] };
        var trials = new List<Trial>();
        for (var i = 0; i < 20; i++)
        {
            var point = TreeParzenSearch.Point(space, trials, 1, i);
            trials.Add(new(point, -Math.Abs(Number(point, "d") - 13)));
        }
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (double)i), trials.Select(t => Number(t.Point, "d")).Order());
    }

    /// <summary>All finished trials lie below 0; the pruned and failed ones, with scores that would be the best, above.</summary>
    [Fact]
    public void TreeParzen_PrunedAndFailedTrials_AreNoneOfTheGoodOnes()
    {
        var space = new SearchSpace { Search = [new() { Setting = "a", Kind = DimensionKind.Linear, Min = -1, Max = 1 }] };
        Trial At(double a, double score, bool pruned = false) => new(new Dictionary<string, JsonValue> { ["a"] = JsonValue.Create(a) }, score, pruned);
        List<Trial> trials = [.. Enumerable.Range(1, 20).SelectMany(i => new[] { At(-i / 100.0 - 0.5, i), At(i / 100.0 + 0.5, 100, pruned: true), At(i / 100.0 + 0.6, double.NaN) })];
        Assert.InRange(Enumerable.Range(0, 50).Count(i => Number(TreeParzenSearch.Point(space, trials, 1, i), "a") < 0), 45, 50);
    }

    [Fact]
    public void TreeParzen_TrialsOfAnotherSpace_AreLeftOut()
    {
        Trial other = new(new Dictionary<string, JsonValue> { ["a"] = JsonValue.Create(0.5) }, 1);
        Assert.Equal(Text(RandomSearch.Point(Space, 1, 5)), Text(TreeParzenSearch.Point(Space, [.. Enumerable.Repeat(other, 20)], 1, 5)));
    }

    private static Trial Next(List<Trial> trials, Func<IReadOnlyList<Trial>, int, IReadOnlyDictionary<string, JsonValue>> next) => next(trials, trials.Count) is var point ? new(point, Score(point)) : null!;

    private static List<Trial> Run(int count, int seed)
    {
        var trials = new List<Trial>();
        while (trials.Count < count) trials.Add(Next(trials, (t, i) => TreeParzenSearch.Point(Space, t, seed, i)));
        return trials;
    }
}
