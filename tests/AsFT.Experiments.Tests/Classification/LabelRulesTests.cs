using AsFT.Experiments.Classification;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Tests.Classification;

public sealed class LabelRulesTests
{
    [Fact]
    public void Check_DatasetsThatFit_HaveNoFault() =>
        Assert.Empty(LabelRules.Check(Named(("data.train[0]", Labelled("a", "b")), ("data.train[1]", Labelled("b", "c"))), Named(("scoring.dev", Labelled("c", "a")))));

    [Fact]
    public void Labels_OfSeveralDatasets_ComeInTheirOrder_EachOnce() => Assert.Equal(["a", "b", "c"], LabelRules.Labels([Labelled("a", "b"), Labelled("b", "c")]));

    [Fact]
    public void Check_OneLabel_IsTooFew() => Refuses(Named(("data.train[0]", Labelled("only"))), [], "data.train", "has the one label 'only'; a multi-label classifier needs at least 2");

    [Fact]
    public void Check_MoreLabelsThanAreLearntTogether_SaysHowManyMayBe() =>
        Refuses(Named(("data.train[0]", Labelled([.. Enumerable.Range(0, 501).Select(i => $"l{i}")]))), [], "data.train", "has 501 labels; at most 500");

    [Fact]
    public void Check_ADevFileWithOtherLabels_NamesThem() =>
        Refuses(Named(("data.train[0]", Labelled("a", "b"))), Named(("scoring.dev", Labelled("a", "z"))), "scoring.dev", "has the label 'z', which the training rows do not have; they have a, b");

    /// <summary>A column that is not there would count as a label that no text has.</summary>
    [Fact]
    public void Check_ADevFileThatLacksAColumn_NamesIt() =>
        Refuses(Named(("data.train[0]", InColumns("a", "b"))), Named(("scoring.dev", InColumns("a"))), "scoring.dev", "has no column for the label 'b', so that it is not known which of its texts have it");

    /// <summary>Where rows list their labels, that none of them has one is no missing column.</summary>
    [Fact]
    public void Check_ADevFileOfListsInWhichNoTextHasALabel_IsNoFault() =>
        Assert.Empty(LabelRules.Check(Named(("data.train[0]", InColumns("a", "b"))), Named(("scoring.dev", Labelled() with { Columns = ["text", "labels"] }))));

    [Fact]
    public void Check_TrainingFilesWithOtherColumns_AreNotLearntTogether() =>
        Refuses(Named(("data.train[0]", InColumns("a", "b")), ("data.train[1]", InColumns("a", "c"))), [], "data.train[1]", "has no column for the label 'b'");

    [Fact]
    public void Check_RowsWithoutLabels_SayWhatIsExpected() =>
        Refuses(Named(("data.train[0]", Labelled("a") with { Kind = DatasetKind.Instructions })), [], "data.train[0]", "holds no labels; take a file with a text column");

    [Fact]
    public void Words_RenameSomeLabels_AndLeaveTheOthers()
    {
        var options = new ClassifierOptions { LabelWords = ["anger=ira", "joy=alegría"] };
        Assert.Equal(["ira", "fear", "alegría"], LabelRules.Words(options, ["anger", "fear", "joy"]));
        Assert.Contains("names the label 'joy'", Assert.Single(LabelRules.CheckWords(options, ["anger", "fear"])).Problem);
    }

    [Fact]
    public void Words_ALabelThatHoldsAnEqualsSign_EndsAtTheLast() =>
        Assert.Equal(["many", "b"], LabelRules.Words(new() { LabelWords = ["n=2=many"] }, ["n=2", "b"]));

    private static void Refuses(Dictionary<string, DatasetSummary> train, Dictionary<string, DatasetSummary> others, string path, string problem) =>
        Assert.Contains(LabelRules.Check(train, others), f => f.Path == path && f.Problem.Contains(problem, StringComparison.Ordinal));

    private static Dictionary<string, DatasetSummary> Named(params (string Path, DatasetSummary Summary)[] all) => all.ToDictionary(a => a.Path, a => a.Summary);

    private static DatasetSummary InColumns(params string[] labels) => Labelled(labels) with { Columns = ["text", .. labels] };

    private static DatasetSummary Labelled(params string[] labels) => new()
    {
        Sha256 = new('a', 64), Name = "d", Kind = DatasetKind.MultiLabel, Format = FileFormat.Csv, Bytes = 1, Rows = 9, SetAside = 0, Columns = [], Labels = [.. labels.Select(l => new LabelCount(l, 1))],
    };
}
