using System.Text.Json;
using System.Text.Json.Nodes;
using AsFT.Experiments.Search;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Tests.Search;

public sealed class SearchSpaceTests
{
    private const string Yaml = """
        search:
        - {setting: method.lambda, kind: log, min: 1e-2, max: 100, points: 3}
        - {setting: lora.rank, kind: values, values: [4, 8]}
        - {setting: training.batch_size, kind: integer, min: 8, max: 32}
        """;

    private static SearchSpace One(string dimension) => SearchSpace.Parse($"search:\n- {dimension}");

    [Fact]
    public void Parse_Yaml_IsReadAndWrittenAsTheSame()
    {
        var space = SearchSpace.Parse(Yaml);
        Assert.Equal(["method.lambda Log 0.01 100 3", "lora.rank Values 0 0 5", "training.batch_size Integer 8 32 5"], space.Search.Select(d => FormattableString.Invariant($"{d.Setting} {d.Kind} {d.Min} {d.Max} {d.Points}")));
        Assert.Equal([4, 8], space.Search[1].Values.Select(v => v.GetValue<long>()));
        Assert.Equal(space.ToYaml(), SearchSpace.Parse(space.ToYaml()).ToYaml());
        Assert.DoesNotContain("values", One("{setting: method.lambda, kind: log, min: 1, max: 2}").ToYaml());
    }

    [Theory]
    [InlineData("{setting: method.lamda, kind: linear, min: 0, max: 1}", "unknown setting; did you mean 'lambda'?")]
    [InlineData("{setting: nonsense, kind: linear, min: 0, max: 1}", "unknown setting")]
    [InlineData("{setting: method.lambda, kind: linear, min: 1, max: 1}", "min must be less than max")]
    [InlineData("{setting: method.lambda, kind: log, min: 0, max: 1}", "take a min above 0, or kind: linear")]
    [InlineData("{setting: method.lambda, kind: log, min: 1, max: 2, points: 1}", "a grid takes 2 to 1000")]
    [InlineData("{setting: method.lambda, kind: values, values: []}", "has 0 values; list 1 to 1000")]
    [InlineData("{setting: method.lambda, kind: values, values: [1, 1.0]}", "twice")]
    [InlineData("{setting: method.lambda, kind: values, values: [1, much]}", "expected a number, found \"much\"")]
    [InlineData("{setting: method.lambda, kind: log, min: 1, max: 2, values: [1]}", "take kind: values, or remove them")]
    [InlineData("{setting: lora.rank, kind: linear, min: 2, max: 8}", "takes whole numbers only; take kind: integer")]
    [InlineData("{setting: lora.rank, kind: integer, min: 1.5, max: 8}", "take whole numbers")]
    [InlineData("{setting: method.kind, kind: values, values: [asft, best]}", "expected one of sft")]
    [InlineData("{setting: method.kind, kind: linear, min: 0, max: 1}", "expected one of sft")]
    [InlineData("{setting: lora, kind: linear, min: 0, max: 1}", "expected a group of settings")]
    [InlineData("{setting: method.lambda, kind: normal}", "one of values, linear, log, integer")]
    [InlineData("{setting: method.lambda, kind: log, min: 1, max: 2, step: 1}", "unknown setting")]
    [InlineData("method.lambda", "expected a group")]
    public void Parse_WhatCannotBeSearched_SaysWhatToDo(string dimension, string problem) =>
        Assert.Contains(problem, Assert.Single(Assert.Throws<SpecificationException>(() => One(dimension)).Faults).Problem);

    [Theory]
    [InlineData("search: []", "name at least one setting")]
    [InlineData("method.lambda: [1, 2]", "expected a list of settings under 'search:'")]
    [InlineData("search: [", "line 2, column 1")]
    [InlineData("search: [{setting: method.lambda, kind: values, values: [1]}, {setting: method.lambda, kind: values, values: [2]}]", "is searched already")]
    public void Parse_WhatIsNoSpace_SaysWhatToDo(string text, string problem) =>
        Assert.Contains(problem, Assert.Throws<SpecificationException>(() => SearchSpace.Parse(text)).Message);

    [Fact]
    public void Apply_APoint_SetsThoseSettingsAlone()
    {
        var applied = SearchSpace.Apply(Presets.Demo, new Dictionary<string, JsonValue> { ["method.lambda"] = JsonValue.Create(0.25), ["lora.rank"] = JsonValue.Create(4L) });
        Assert.Equal(SpecificationText.ToJson(Presets.Demo with { Method = Presets.Demo.Method with { Lambda = 0.25 }, Lora = Presets.Demo.Lora with { Rank = 4 } }), SpecificationText.ToJson(applied));
    }

    [Fact]
    public void Apply_ANameOfData_IsTheOnlyOneOfTheList()
    {
        var space = One("{setting: data.train, kind: values, values: [gentle, rough]}");
        Assert.Equal([["gentle"], ["rough"]], Enumerable.Range(0, 2).Select(i => SearchSpace.Apply(Presets.Demo, GridSearch.Point(space, i)!).Data.Train));
        Assert.Equal([true, false, true, false], new[] { "data.train", "model.aligned", "bea.safety_rows", "lora.targets" }.Select(s => SearchSpace.IsListOfNames(s) || s == "bea.safety_rows" && SearchSpace.IsReference(s)));
        Assert.Contains("expected a list of texts, found [3]", Assert.Throws<SpecificationException>(() => One("{setting: data.train, kind: values, values: [3]}")).Message);
    }

    [Fact]
    public void Check_AnEndThatTheSpecificationRefuses_IsAFaultBeforeAnythingRuns()
    {
        Assert.Empty(SearchRules.Check(SearchSpace.Parse(Yaml), Presets.Demo));
        var fault = Assert.Single(SearchRules.Check(One("{setting: lora.dropout, kind: linear, min: 0, max: 1}"), Presets.Demo));
        Assert.Equal("lora.dropout", fault.Path);
        Assert.Equal(["lora.rank"], SearchRules.Check(One("{setting: lora.rank, kind: values, values: [8, -1, 16]}"), Presets.Demo).Select(f => f.Path));
    }

    /// <summary>The number of a value is compared, not how it is written: 1e-05 in a stored trial is 0.00001 in the space.</summary>
    [Fact]
    public void Point_StoredAndReadAgain_IsStillOfTheSpace()
    {
        var space = One("{setting: optimiser.learning_rate, kind: values, values: [0.00001, 0.5]}");
        Assert.Equal(0, space.Search[0].PlaceOf(JsonNode.Parse("1e-05")));
        Assert.Equal(1, space.Search[0].PlaceOf(JsonNode.Parse(JsonSerializer.Serialize(space.Search[0].ValueAt(1)))));
        Assert.Null(space.Search[0].PlaceOf(JsonValue.Create(0.7)));
    }
}
