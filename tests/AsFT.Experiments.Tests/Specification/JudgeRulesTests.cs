using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Tests.Specification;

public sealed class JudgeRulesTests
{
    private const string Least = "model: {aligned: m, base: b}\ndata: {train: [d]}\nevaluation: {harmful_prompts: h}\n";

    [Theory]
    [InlineData("judge: {form: moderation}", "judge.model", "needs a classifier")]
    [InlineData("judge: {form: moderation, model: m, address: 'https://a.example/v1', endpoint_model: x}", "judge.address", "asks nobody elsewhere")]
    [InlineData("judge: {form: lab, model: m}", "judge.model", "uses no model")]
    [InlineData("judge: {form: llama_guard}", "judge.model", "needs a model here, or an address")]
    [InlineData("judge: {form: llama_guard, model: m, address: 'https://a.example/v1', endpoint_model: x}", "judge.model", "leave one of them empty")]
    [InlineData("judge: {form: wild_guard, address: 'https://a.example/v1'}", "judge.endpoint_model", "is missing")]
    [InlineData("judge: {form: wild_guard, address: 'ftp://a.example', endpoint_model: x}", "judge.address", "is no web address")]
    [InlineData("judge: {form: wild_guard, address: 'http://a.example/v1', endpoint_model: x}", "judge.address", "write https://a.example/v1")]
    [InlineData("judge: {form: wild_guard, address: 'https://me:pw@a.example', endpoint_model: x}", "judge.address", "user or password")]
    [InlineData("judge: {form: wild_guard, address: 'https://a.example/v1?key=1', endpoint_model: x}", "judge.address", "holds a ?")]
    [InlineData("judge: {form: lab, key: OPENAI}", "judge.key", "without an address")]
    [InlineData("judge: {form: lab, threshold: 1}", "judge.threshold", "less than 1")]
    [InlineData("judge: {form: lab, max_length: 1}", "judge.max_length", "16 to 131072")]
    [InlineData("judge: {form: lab, concurrency: 0}", "judge.concurrency", "1 to 64")]
    [InlineData("judge: {form: lab, timeout_seconds: 0}", "judge.timeout_seconds", "more than 0")]
    [InlineData("judge: {form: lab, retries: -1}", "judge.retries", "0 to 10")]
    [InlineData("judge: {form: none}", "judge.form", "there are prompts to judge")]
    [InlineData("judge: {threshold: 0.4}", "judge.form", "there are prompts to judge")]
    [InlineData("second_judge: {form: moderation}", "second_judge.model", "needs a classifier")]
    [InlineData("evaluation: {judge: lab}", "evaluation.judge", "judge: {form: lab}")]
    public void Parse_AJudgeThatCannotRun_IsAFaultWithWhatToDo(string text, string path, string problem)
    {
        var whole = text.StartsWith("evaluation", StringComparison.Ordinal) ? Least.Replace("evaluation: {harmful_prompts: h}", text) : Least + text;
        var faults = Assert.Throws<SpecificationException>(() => SpecificationText.Parse(whole)).Faults;
        Assert.Contains(faults, f => f.Path == path && f.Problem.Contains(problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{form: llama_guard, address: 'http://localhost:8000/v1', endpoint_model: x, key: LOCAL_1}")]
    [InlineData("{form: strong_reject, address: 'https://a.example/v1', endpoint_model: x}")]
    [InlineData("{form: wild_guard, model: guard}")]
    [InlineData("{form: moderation, model: beaver, threshold: 0.4, max_length: 512}")]
    public void Parse_AJudgeWithAllItNeeds_IsTaken(string judge) =>
        Assert.NotEqual(JudgeForm.None, SpecificationText.Parse($"{Least}judge: {judge}\nsecond_judge: {judge}").SecondJudge.Form);

    [Theory]
    [InlineData("sk-proj-abc123")]
    [InlineData("Bearer abc")]
    [InlineData("OPENAI_HOST")]
    public void Parse_AKeyInPlaceOfItsName_IsRefusedWithoutShowingIt(string key)
    {
        var fault = Assert.Single(Assert.Throws<SpecificationException>(() => SpecificationText.Parse($"{Least}judge: {{form: wild_guard, address: 'https://a.example', endpoint_model: x, key: '{key}'}}")).Faults);
        Assert.Equal("judge.key", fault.Path);
        Assert.DoesNotContain(key, fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Default_JudgesByRefusalPhrases_AndTheDemoByTheLab() =>
        Assert.Equal((JudgeForm.RefusalPhrases, JudgeForm.None, JudgeForm.Lab), (SpecificationText.Parse(Least).Judge.Form, SpecificationText.Parse(Least).SecondJudge.Form, Presets.Demo.Judge.Form));

    [Fact]
    public void Hash_IgnoresTheNamesOfJudgeAndSecret_ButNotTheWeights()
    {
        string Hash(string name, char digit, string key) => SpecificationText.Hash(new() { Judge = new() { Model = $"{name}@sha256:{new string(digit, 64)}", Key = key } });
        Assert.Equal(Hash("one", 'a', "A"), Hash("two", 'a', "B"));
        Assert.NotEqual(Hash("one", 'a', "A"), Hash("one", 'b', "A"));
    }

    [Fact]
    public void Estimate_CountsTheWeightsOfAJudgeThatRunsHere()
    {
        var config = new DecoderConfig { VocabularySize = 10, HiddenSize = 4, IntermediateSize = 8, Layers = 1, Heads = 2, KeyValueHeads = 2, HeadSize = 2, MaxPositions = 64, TiedHead = true };
        long Bytes(params ModelConfig[] judges) => RunEstimate.Of(new() { Training = new() { Precision = PrecisionKind.Bfloat16 } }, config, 8, judges).Bytes;
        // embedding 40; norms 2·4, four projections of 16, three of 32; last norm 4: 212 parameters of 2 bytes
        Assert.Equal(2 * 2 * 212, Bytes(config, config) - Bytes());
    }
}
