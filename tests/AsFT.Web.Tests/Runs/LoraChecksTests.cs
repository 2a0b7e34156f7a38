using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Web.Runs.Setup;

namespace AsFT.Web.Tests.Runs;

public sealed class LoraChecksTests
{
    private static readonly BertConfig Bert = new() { VocabularySize = 100, HiddenSize = 16, IntermediateSize = 32, Layers = 2, Heads = 2, MaxPositions = 32, PadId = 0 };

    [Theory]
    [InlineData("query,value", "")]
    [InlineData("query,q_proj", "q_proj")]
    [InlineData("query,(", "(")]
    [InlineData(".*query", "")]
    [InlineData(".*proj", ".*proj")]
    public void Check_TargetsOfABert_NamesThoseThatAreNotThere(string targets, string missing)
    {
        var faults = LoraChecks.Check(new() { Rank = 4, Targets = targets.Split(',') }, Bert, "bert").ToList();
        if (missing.Length == 0) Assert.Empty(faults);
        else Assert.StartsWith($"'bert' has no linear layer '{missing}' among those named; take query, key, value", Assert.Single(faults).Problem);
    }

    [Fact]
    public void Check_WithoutAnAdapter_AsksNothing() => Assert.Empty(LoraChecks.Check(new() { Rank = 0, Targets = ["nothing"] }, Bert, "bert"));
}
