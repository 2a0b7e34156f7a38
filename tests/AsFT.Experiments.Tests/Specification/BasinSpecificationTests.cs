using AsFT.Experiments.Search;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Tests.Specification;

public sealed class BasinSpecificationTests
{
    private const string Least = "task: basin\nmodel: {aligned: m, base: b}\nevaluation: {harmful_prompts: p}\n";

    [Fact]
    public void Parse_WhatIsLeftOut_IsTheIssuesSetting()
    {
        var b = SpecificationText.Parse(Least).Basin;
        Assert.Equal([WalkDirection.Alignment, WalkDirection.Random], b.Directions);
        Assert.Equal((21, 0.5, 0.2, false), (b.Points, b.Extent, b.SafeBelow, b.FirstToken));
        Assert.Empty(b.Surface);
    }

    /// <summary>It evaluates as fine-tuning does, and learns nothing.</summary>
    [Fact]
    public void ToJson_HoldsTheGroupsOfABasinAlone()
    {
        var basin = SpecificationText.ToJson(SpecificationText.Parse(Least));
        foreach (var group in new[] { "model", "basin", "data", "training", "evaluation", "judge", "second_judge" }) Assert.Contains($"\"{group}\":", basin);
        foreach (var group in new[] { "method", "lora", "optimiser", "schedule", "classifier", "loss", "scoring" }) Assert.DoesNotContain($"\"{group}\":", basin);
        Assert.DoesNotContain("\"basin\":", SpecificationText.ToJson(new RunSpecification()));
        Assert.Equal(basin, SpecificationText.ToJson(SpecificationText.Parse(SpecificationText.ToYaml(SpecificationText.Parse(Least)))));
    }

    [Theory]
    [InlineData("lora: {rank: 4}", "lora", "belongs to the task fine_tuning or classification, and the task is basin")]
    [InlineData("method: {kind: sft}", "method", "belongs to the task fine_tuning, and the task is basin")]
    [InlineData("data: {train: [d]}", "data.train", "learns from nothing")]
    [InlineData("evaluation: {harmful_prompts: p, temperature: 1}", "evaluation.temperature", "take 0")]
    [InlineData("evaluation: {harmful_limit: 10}", "evaluation.harmful_prompts", "name the prompts")]
    [InlineData("evaluation: {harmful_prompts: p, batch_size: 0}", "evaluation.batch_size", "take 1 to 1024")]
    [InlineData("model: {aligned: ''}", "model.aligned", "is missing")]
    [InlineData("model: {aligned: m}", "model.base", "take alignment out of basin.directions")]
    [InlineData("basin: {directions: []}", "basin.directions", "is empty")]
    [InlineData("basin: {directions: [random, random]}", "basin.directions", "twice")]
    [InlineData("basin: {directions: [down]}", "basin.directions", "alignment, harm, random")]
    [InlineData("basin: {directions: [harm]}", "basin.harmful_run", "take harm out of basin.directions")]
    [InlineData("basin: {harmful_run: r}", "basin.harmful_run", "basin.directions lacks harm")]
    [InlineData("basin: {points: 20}", "basin.points", "take an odd number")]
    [InlineData("basin: {points: 1}", "basin.points", "take 3 to 201")]
    [InlineData("basin: {extent: 0}", "basin.extent", "more than 0 and at most 10")]
    [InlineData("basin: {safe_below: 1}", "basin.safe_below", "take 0 to 0.99")]
    [InlineData("basin: {surface: [random]}", "basin.surface", "take two different ones")]
    [InlineData("basin: {surface: [random, random]}", "basin.surface", "take two different ones")]
    [InlineData("basin: {surface: [random, harm]}", "basin.surface", "names harm, which basin.directions lacks")]
    [InlineData("basin: {path_run: r}", "basin.path_run", "no surface to draw it in")]
    [InlineData("basin: {path_run: r, surface: [alignment, random]}\nmodel: {aligned: m, base: b, after: q}", "basin.path_run", "beside model.after")]
    [InlineData("basin: {first_token: true}", "basin.first_token", "take judge.form lab alone")]
    [InlineData("basin: {first_token: true}\njudge: {form: lab}\nsecond_judge: {form: refusal_phrases}", "basin.first_token", "take judge.form lab alone")]
    public void Parse_AFault_IsNamedByItsPathWithWhatToDo(string text, string path, string problem)
    {
        var groups = text.Split('\n').Select(l => l.Split(':')[0]).ToList();
        var rest = string.Join('\n', Least.Split('\n').Where(l => l.Length > 0 && !groups.Contains(l.Split(':')[0])));
        var faults = Assert.Throws<SpecificationException>(() => SpecificationText.Parse(rest + "\n" + text)).Faults;
        Assert.Contains(faults, f => f.Path == path && f.Problem.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Parse_ABasinInARunOfFineTuning_IsRefused()
    {
        var faults = Assert.Throws<SpecificationException>(() => SpecificationText.Parse("basin: {points: 5}\nmodel: {aligned: m, base: b}\ndata: {train: [d]}")).Faults;
        Assert.Equal("belongs to the task basin, and the task is fine_tuning; take it out, or write task: basin", Assert.Single(faults).Problem);
    }

    [Fact]
    public void In_RunsAreReferences() =>
        Assert.Contains(new Reference("basin.harmful_run", ReferenceKind.Run, "r"), References.In(SpecificationText.Parse(Least + "basin: {directions: [harm], harmful_run: r}")));

    [Fact]
    public void Hash_OfAnotherSeedOfTheRandomDirection_IsAnother() =>
        Assert.NotEqual(SpecificationText.Hash(SpecificationText.Parse(Least)), SpecificationText.Hash(SpecificationText.Parse(Least + "basin: {random_seed: 2}")));

    [Fact]
    public void Sweep_OverABasin_IsRefused()
    {
        var request = SweepRequest.Parse("specification: {task: basin, model: {aligned: m, base: b}, evaluation: {harmful_prompts: p}}\nsearch: [{setting: basin.extent, kind: linear, min: 0.1, max: 1}]");
        Assert.Contains(SweepRules.Check(request), f => f.Path == "specification.task");
    }

    [Fact]
    public void Preset_OfTheLabPair_HasNoFault() => Assert.Empty(SpecificationRules.Check(Presets.Basin));
}
