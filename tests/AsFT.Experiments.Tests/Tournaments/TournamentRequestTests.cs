using AsFT.Experiments.Specification;
using AsFT.Experiments.Tournaments;

namespace AsFT.Experiments.Tests.Tournaments;

public sealed class TournamentRequestTests
{
    [Fact]
    public void Parse_WrittenAgain_IsTheSame()
    {
        var r = SmallTournament.Request;
        Assert.Equal("none, more", string.Join(", ", r.Poison[1].Settings["data.train"]!.AsArray()));
        Assert.Equal(["3", "30"], r.Methods[1].Strength!.Values.Select(TournamentCell.Text));
        Assert.Equal((3, 2, 0.05, 0), (r.Seeds, r.SelectionSeeds, r.UtilityLoss, r.AtOnce));
        Assert.Equal(r.ToJson(), TournamentRequest.Parse(r.ToYaml()).ToJson());
        Assert.Equal(r.ToJson(), TournamentRequest.Parse(r.ToJson()).ToJson());
        Assert.Contains("\n- name: L2\n", r.ToYaml()); // a line each, to be edited
        Assert.Equal("SFT", r.Undefended!.Name);
        Assert.Empty(TournamentRules.Check(r));
    }

    [Theory]
    [InlineData("seeds: 3", "seed: 3", "seed: unknown setting; did you mean 'seeds'?")]
    [InlineData("settings: {method.kind: l2}, ", "setings: {method.kind: l2}, ", "methods.1.setings: unknown setting; did you mean 'settings'?")]
    [InlineData("strength: {setting: method.lambda, values: [3, 30]}", "strength: {setting: method.lambda, value: 3}", "methods.1.strength.value: unknown setting; did you mean 'values'?")]
    [InlineData("settings: {method.kind: l2}", "settings: l2", "methods.1.settings: expected settings with their values, such as {method.lambda: 30}, found \"l2\"")]
    [InlineData("values: [3, 30]", "values: 3", "methods.1.strength.values: expected a list of values, found 3")]
    [InlineData("  data: {train: [ten]}", "  data: {trian: [ten]}", "data.trian: unknown setting; did you mean 'train'?")]
    [InlineData("specification:", "specifications:", "specification: is missing; put the settings of a run under 'specification:'")]
    public void Parse_WhatHasNoPlace_IsNamedByItsPath(string part, string instead, string fault) =>
        Assert.Contains(fault, Assert.Throws<SpecificationException>(() => TournamentRequest.Parse(SmallTournament.Yaml.Replace(part, instead))).Faults.Select(f => f.ToString()));

    [Theory]
    [InlineData("seeds: 3", "seeds: 0", "seeds: is 0; take 1 to 100")]
    [InlineData("selection_seeds: 2", "selection_seeds: 4", "selection_seeds: is 4, more than all 3 seeds; take at most that")]
    [InlineData("name: L2", "name: a/b", "methods.1.name: is 'a/b'; take 1 to 40 characters without a slash")]
    [InlineData("name: L2", "name: s f T", null)]
    [InlineData("name: L2", "name: sft", "methods.1.name: 'sft' is there already, or differs from another only in signs; take another name")]
    [InlineData("method.kind: l2}", "method.kind: l2, training.seed: 1}", "methods.1: training.seed: must be the same for all")]
    [InlineData("method.kind: l2}", "method.kind: l2, data.train: [x]}", "methods.1: data.train: must be the same for all")]
    [InlineData("method.kind: l2}", "method.kind: l2, evaluation.harmful_limit: 1}", "methods.1: evaluation.harmful_limit: must be the same for all")]
    [InlineData("data.train: [none, more]", "model.aligned: other", "poison.1: model.aligned: must be the same for all")]
    [InlineData("method.kind: l2}", "method.kind: l3}", "methods.1: method.kind: expected one of sft")]
    [InlineData("setting: method.lambda", "setting: method.lamda", "methods.1.strength: method.lamda: unknown setting; did you mean 'lambda'?")]
    [InlineData("values: [3, 30]", "values: [3, 3.0]", "methods.1.strength: lists 3 twice")]
    [InlineData("values: [3, 30]", "values: []", "methods.1.strength: has 0 values; list 1 to 50")]
    [InlineData("values: [3, 30]", "values: [3, -30]", "methods.1: method.lambda: is -30; take 0 or more")]
    [InlineData("method.kind: asft}", "method.kind: lisa}", "methods.2: lisa.safety_rows: is missing")]
    [InlineData("method.kind: sft}", "method.kind: reversed}", "methods: name no plain fine-tuning to compare with")]
    [InlineData("validation_prompts: vh, ", "", "specification.evaluation.validation_prompts: is missing")]
    [InlineData("harmful_prompts: h, ", "", "specification.evaluation.harmful_prompts: is missing")]
    [InlineData("  data: {train: [ten]}", "  data: {train: [ten], max_length: 1}", "specification: data.max_length: is 1; take 8 to 131072")]
    public void Check_WhatCannotRun_SaysWhatToDo(string part, string instead, string? fault)
    {
        Assert.Contains(part, SmallTournament.Yaml);
        var faults = TournamentRules.Check(TournamentRequest.Parse(SmallTournament.Yaml.Replace(part, instead)));
        if (fault is null) Assert.Empty(faults);
        else Assert.Contains(faults, f => f.ToString().StartsWith(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Replace_OfReferences_ReachesThoseInSettingsToo()
    {
        var named = new List<string>();
        var r = SmallTournament.Request.Replace(reference =>
        {
            named.Add($"{reference.Path} {reference.Value}");
            return "new-" + reference.Value;
        });
        Assert.Equal(["data.train[0] none", "data.train[1] more"], named[^2..]);
        Assert.Equal("new-more", (string)r.Poison[1].Settings["data.train"]![1]!);
        Assert.Equal("new-vt", r.Specification.Evaluation.ValidationTask);
        Assert.Equal("sft", (string)r.Methods[0].Settings["method.kind"]!);
    }
}
