using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Tests.Specification;

public sealed class DefenceTests
{
    private static RunSpecification Parse(string method, string more = "") => SpecificationText.Parse($"model: {{aligned: m, base: b}}\ndata: {{train: [d]}}\nmethod: {method}\n{more}");

    private static IReadOnlyList<Fault> Faults(string method, string more = "") => Assert.Throws<SpecificationException>(() => Parse(method, more)).Faults;

    [Fact]
    public void All_KindsOfMethod_AreDescribedOnce() => Assert.Equal(Enum.GetValues<MethodKind>(), Defence.All.Select(d => d.Kind));

    [Fact]
    public void Group_OfAChosenDefence_IsThereWithThePapersDefaults()
    {
        var s = Parse("{kind: lisa}", "lisa: {safety_rows: safe}");
        Assert.Equal((100, 900, 1.0), (s.Lisa!.SafetySteps, s.Lisa.TaskSteps, s.Lisa.Rho));
        Assert.Null(s.Booster);
        Assert.Equal(0.5, Parse("{kind: safe_lora}").SafeLora!.Threshold);
    }

    [Fact]
    public void Group_ThatIsNotUsed_StandsNeitherInTheTextNorInTheHash()
    {
        Assert.DoesNotContain("lisa", SpecificationText.ToYaml(Parse("{kind: asft}")));
        Assert.Contains("safety_steps: 100", SpecificationText.ToYaml(Parse("{kind: lisa}", "lisa: {safety_rows: safe}")));
    }

    [Fact]
    public void Yaml_OfEveryDefence_ThereAndBack_IsTheSame()
    {
        foreach (var d in Defence.All)
        {
            var s = new RunSpecification { Method = new() { Kind = d.Kind } };
            var text = SpecificationText.ToYaml(SpecificationText.Read(SpecificationText.ToYaml(s), []));
            Assert.Equal(text, SpecificationText.ToYaml(SpecificationText.Read(text, [])));
            Assert.Equal(d.Group is not null, text.Split('\n').Contains($"{d.Group}:"));
        }
    }

    [Theory]
    [InlineData("{kind: asft, with: [safe_instruct]}", "safe_instruct: {safety_rows: safe}")]
    [InlineData("{kind: booster, with: [l2, safe_lora]}", "booster: {harmful_rows: h}")]
    [InlineData("{kind: constrained_sft, with: [asft, sppft]}", "")]
    public void Combination_OfDifferentParts_IsAllowed(string method, string more) => Assert.NotNull(Parse(method, more));

    [Theory]
    [InlineData("{kind: lisa, with: [vaccine]}", "lisa: {safety_rows: s}", "method.with", "Lisa and Vaccine both decide what a step's gradient is")]
    [InlineData("{kind: asft, with: [l2]}", "", "method.with", "both decide the penalty")]
    [InlineData("{kind: sft, with: [safe_lora]}", "", "method.kind", "no defence to combine with")]
    [InlineData("{kind: asft}", "lora: {rank: 0}", "lora.rank", "AsFT is defined on a low-rank update")]
    [InlineData("{kind: asft}", "lisa: {rho: 2}", "lisa", "the method does not name lisa")]
    [InlineData("{kind: lisa}", "", "lisa.safety_rows", "name a dataset of harmful requests with their refusals")]
    [InlineData("{kind: antidote}", "antidote: {harmful_rows: h, share: 1.5}", "antidote.share", "is 1.5; take more than 0 and at most 1")]
    [InlineData("{kind: safe_lora}", "safe_lora: {threshold: 2}", "safe_lora.threshold", "is 2; take -1 to 1")]
    [InlineData("{kind: sppft}", "sppft: {first_layer: 4, last_layer: 2}", "sppft.last_layer", "before the first layer")]
    [InlineData("{kind: asft, with: [dpo]}", "", "method.with", "expected a list of")]
    public void Combination_OrSetting_ThatMakesNoSense_IsRefusedWithTheReason(string method, string more, string path, string problem) =>
        Assert.Contains(Faults(method, more), f => f.Path == path && f.Problem.Contains(problem, StringComparison.Ordinal));

    [Fact]
    public void References_OfAllGroups_AreFoundAndExchanged()
    {
        var s = Parse("{kind: lisa}", "lisa: {safety_rows: safe}\nevaluation: {task: t}");
        Assert.Equal(["model.aligned m", "model.base b", "data.train[0] d", "evaluation.task t", "lisa.safety_rows safe"], References.In(s).Select(r => $"{r.Path} {r.Value}"));
        Assert.Equal(new Reference("model.after", ReferenceKind.Run, "r"), References.In(s with { Model = s.Model with { After = "r" } }).Single(r => r.Kind == ReferenceKind.Run));
        Assert.Equal("SAFE", References.Replace(s, r => r.Value.ToUpperInvariant()).Lisa!.SafetyRows);
    }
}
