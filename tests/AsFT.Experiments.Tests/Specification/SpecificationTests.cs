using System.ComponentModel;
using System.Reflection;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Tests.Specification;

public sealed class SpecificationTests
{
    private const string Least = "model: {aligned: m, base: b}\ndata: {train: [d]}\n";

    public static IEnumerable<TheoryDataRow<string>> PresetNames => Presets.All.Select(p => new TheoryDataRow<string>(p.Id));

    [Theory]
    [MemberData(nameof(PresetNames))]
    public void Yaml_ThereAndBack_IsTheSameSpecification(string preset)
    {
        var s = Presets.All.Single(p => p.Id == preset).Settings with { Name = "yes: #1 'quoted' 0x10 null" };
        var faults = new List<Fault>();
        Assert.Equal(SpecificationText.ToJson(s), SpecificationText.ToJson(SpecificationText.Read(SpecificationText.ToYaml(s), faults)));
        Assert.Empty(faults);
    }

    [Fact]
    public void Parse_Json_IsYamlToo() => Assert.Equal(3, SpecificationText.Parse("""{"model":{"aligned":"m","base":"b"},"data":{"train":["d"]},"training":{"epochs":3}}""").Training.Epochs);

    /// <summary>Read by recursion, such a text would overflow the stack and end the process.</summary>
    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void Parse_ATextNestedWithoutEnd_IsRefused(char bracket)
    {
        var e = Assert.Throws<SpecificationException>(() => SpecificationText.Parse("a: " + new string(bracket, 200_000)));
        Assert.Contains("nested deeper than 16 levels", e.Message);
    }

    [Theory]
    [InlineData("traning: {epochs: 1}", "traning", "did you mean 'training'?")]
    [InlineData("training: {epoch: 1}", "training.epoch", "did you mean 'epochs'?")]
    [InlineData("training: {epochs: many}", "training.epochs", "expected a whole number, found \"many\"")]
    [InlineData("training: {epochs: 1.5}", "training.epochs", "expected a whole number")]
    [InlineData("training: 7", "training", "expected a group of settings")]
    [InlineData("method: {kind: dpo}", "method.kind", "one of sft, l2, reversed, asft")]
    [InlineData("method: {lambda: -1}", "method.lambda", "is -1; take 0 or more")]
    [InlineData("method: {lambda: .nan}", "method.lambda", "expected a number")]
    [InlineData("training: {batch_size: 0}", "training.batch_size", "take 1 to 4096")]
    [InlineData("training: {device: 'cuda:0; rm -rf /'}", "training.device", "take auto, cpu or cuda:0")]
    [InlineData("training: {device: 'cuda:0, cpu'}", "training.device", "name the layers of each device")]
    [InlineData("training: {precision: float16}\nlora: {rank: 0}", "training.precision", "is float16, and all weights are trained; take float32")]
    [InlineData("training: {snapshots: true}\nlora: {rank: 0}", "training.snapshots", "each snapshot would be a whole model")]
    [InlineData("lora: {rank: -1}", "lora.rank", "take 1 to 1024, or 0 to train all weights")]
    [InlineData("lora: {targets: []}", "lora.targets", "name at least one layer")]
    [InlineData("lora: {targets: ['(']}", "lora.targets", "is no valid pattern")]
    [InlineData("lora: {targets: ['(?=a)q_proj']}", "lora.targets", "is no valid pattern")]
    [InlineData("optimiser: {learning_rate: 0}", "optimiser.learning_rate", "above 0")]
    [InlineData("a: &x 1\nb: *x", "", "aliases")]
    [InlineData("? [a]\n: b", "", "the name of a setting must be a word")]
    [InlineData("a: !!python/object:os.system {}", "", "tags")]
    [InlineData("a: [", "", "line")]
    [InlineData("just text", "", "expected settings")]
    public void Parse_AFault_IsNamedByItsPathWithWhatToDo(string text, string path, string problem)
    {
        var faults = Assert.Throws<SpecificationException>(() => SpecificationText.Parse(text + "\n" + (text.Contains("*x", StringComparison.Ordinal) || text.EndsWith('[') || text == "just text" ? "" : Least))).Faults;
        Assert.Contains(faults, f => f.Path == path && f.Problem.Contains(problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cuda:0, cuda:1")]
    [InlineData("cuda:0 0-15, cuda:1 16-31")]
    public void Parse_SeveralDevices_NeedsNoQuotes(string devices)
    {
        var s = SpecificationText.Parse($"{Least}training:\n  device: {devices}\n");
        Assert.Equal(devices, s.Training.Device);
        Assert.Equal(devices, SpecificationText.Parse(SpecificationText.ToYaml(s)).Training.Device);
    }

    [Fact]
    public void Parse_SeveralFaults_AreAllNamed() =>
        Assert.Equal(["data.train", "method.lambda", "model.aligned", "model.base"], Assert.Throws<SpecificationException>(() => SpecificationText.Parse("method: {lambda: -1}")).Faults.Select(f => f.Path).Order());

    [Theory]
    [InlineData("similar"), InlineData("packed")]
    public void Parse_TheFilesOrderAndAnother_IsRefused(string batching) =>
        Assert.Contains(SpecificationRules.Check(SpecificationText.Parse(Least) with { Data = new() { Train = ["d"], PublishedOrder = true, Batching = Enum.Parse<BatchingKind>(batching, ignoreCase: true) } }),
            f => f.Path == "data.batching" && f.Problem.Contains("makes an order of its own"));

    [Fact]
    public void Settings_EachHasALineOfExplanation()
    {
        var groups = typeof(RunSpecification).GetProperties().Where(p => p.PropertyType != typeof(string)).SelectMany(p => p.PropertyType.GetProperties());
        Assert.All(groups, p => Assert.False(string.IsNullOrWhiteSpace(p.GetCustomAttribute<DescriptionAttribute>()?.Description), p.Name));
    }

    [Fact]
    public void Hash_IgnoresNamesAndSeesValues()
    {
        var hash = new string('a', 64);
        RunSpecification With(string name, string dataset, int seed) => Presets.Demo with { Name = name, Data = Presets.Demo.Data with { Train = [dataset] }, Training = Presets.Demo.Training with { Seed = seed } };
        Assert.Equal(SpecificationText.Hash(With("one", $"a@sha256:{hash}", 1)), SpecificationText.Hash(With("two", $"b@sha256:{hash}", 1)));
        Assert.NotEqual(SpecificationText.Hash(With("one", $"a@sha256:{hash}", 1)), SpecificationText.Hash(With("one", $"a@sha256:{hash}", 2)));
        Assert.NotEqual(SpecificationText.Hash(With("one", $"a@sha256:{hash}", 1)), SpecificationText.Hash(With("one", $"a@sha256:{hash.Replace('a', 'b')}", 1)));
    }

    /// <summary>What the demo's hash was before there were such settings.</summary>
    [Fact]
    public void Hash_OfSettingsThatCameLater_CountsThemOnlyWhereTheyAreUsed()
    {
        const string before = "30e205f0740680f4fb0bbc3c38ad0def44c8f5de543a6e8abb6e2ef8ef04f0a4";
        var first = Presets.Demo with // as the demo was then
        {
            Method = Presets.Demo.Method with { Lambda = 30 }, Optimiser = new() { LearningRate = 1e-3 },
            Evaluation = Presets.Demo.Evaluation with { HarmfulNewTokens = 24, HarmlessPrompts = null, HarmlessLimit = 100, TaskLimit = 200 },
        };
        Assert.Equal(before, SpecificationText.Hash(first));
        Assert.Equal(before, SpecificationText.Hash(SpecificationText.Read(SpecificationText.ToYaml(first), [])));
        Assert.NotEqual(before, SpecificationText.Hash(first with { Model = first.Model with { After = Guid.Empty.ToString() } }));
        Assert.Contains("after", SpecificationText.ToYaml(Presets.Demo)); // a text still names every setting
    }

    [Theory]
    [InlineData("news@sha256:{0}", "news")]
    [InlineData("a@b@sha256:{0}", "a@b")]
    [InlineData("sha256:{0}", "")]
    public void Pinned_NameAndHash_AreFound(string reference, string name)
    {
        var pinned = Pinned.Parse(string.Format(System.Globalization.CultureInfo.InvariantCulture, reference, new string('0', 64)));
        Assert.Equal(new Pinned(name, new string('0', 64)), pinned);
    }

    [Theory]
    [InlineData("news")]
    [InlineData("news@sha256:12")]
    [InlineData("newssha256:0000000000000000000000000000000000000000000000000000000000000000")]
    public void Pinned_WithoutAHash_IsNone(string reference) => Assert.Null(Pinned.Parse(reference));

    [Theory]
    [InlineData(1, 0, 5)] // after 0, 3, 6, 9 and 12 steps
    [InlineData(2, 0, 3)] // 0, 6, 12
    [InlineData(3, 0, 3)] // 0, 9, 12
    [InlineData(0, 0, 2)] // 0, 12
    [InlineData(1, 5, 4)] // 0, 5, 10, 12
    [InlineData(1, 6, 3)] // 0, 6, 12
    [InlineData(1, 12, 2)]
    public void Evaluations_OfTwelveStepsInFourEpochs_AreCounted(int everyEpochs, int everySteps, long expected) =>
        Assert.Equal(expected, new EvaluationOptions { EveryEpochs = everyEpochs, EverySteps = everySteps }.Count(steps: 12, stepsPerEpoch: 3));

    [Fact]
    public void Estimate_StepsAndTerms_AreAsCountedByHand()
    {
        var config = new DecoderConfig { VocabularySize = 10, HiddenSize = 4, IntermediateSize = 8, Layers = 2, Heads = 2, KeyValueHeads = 1, HeadSize = 2, MaxPositions = 64, TiedHead = true };
        var s = new RunSpecification
        {
            Data = new() { MaxLength = 16 }, Lora = new() { Rank = 2, Targets = ["q_proj"] }, Training = new() { BatchSize = 4, Accumulation = 2, Epochs = 3 },
            Model = new() { Base = "b" }, Method = new() { Kind = MethodKind.Asft }, Evaluation = new() { Task = "t" },
        };
        var estimate = RunEstimate.Of(s, config, rows: 17);
        Assert.Equal((3, 9, 4), (estimate.StepsPerEpoch, estimate.Steps, estimate.Evaluations)); // 17/4 → 5 batches, /2 → 3 steps; before, after epochs 1 and 2, at the end
        long Bytes(string name) => estimate.Memory.Single(t => t.Name == name).Bytes;
        // embedding 40; a layer: norms 2·4, q 16, k and v 8 each, o 16, three of 32 → 152; twice; last norm 4
        Assert.Equal(4 * (40 + 2 * 152 + 4), Bytes("Frozen weights"));
        var half = RunEstimate.Of(s with { Training = s.Training with { Precision = PrecisionKind.Float16 } }, config, rows: 17);
        Assert.Equal(2 * (40 + 2 * 152 + 4), half.Memory.Single(t => t.Name == "Frozen weights").Bytes);
        Assert.Equal(4 * 2 * (2 * 2 * (4 + 4)), Bytes("Adapter and its gradient")); // two layers, r (in + out)
        Assert.Equal(4 * 2 * 16, Bytes("Alignment direction")); // two of 4 × 4
        Assert.Equal(4 * 2 * 16, Bytes("Penalty"));
        Assert.Equal(4 * 3 * 64 * 10, Bytes("Logits and their gradient")); // 4 rows of 16 tokens, 10 words
    }
}
