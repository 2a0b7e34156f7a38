using AsFT.Experiments.Models;
using AsFT.Training.Models;

namespace AsFT.Training.Tests.Models;

public sealed class LlamaTests
{
    private const string Gqa = "llama_gqa";

    private static Llama Model() => Llama.Load(Oracle.At("models", Gqa), CPU, ScalarType.Float32);

    [Theory]
    [InlineData("nopad")]
    [InlineData("right")]
    public void Logits_OfGroupedQueryModel_EqualTheFloat64Truth(string run)
    {
        using var model = Model();
        var io = Oracle.Tensors("models", Gqa, "io.safetensors");
        var truth = Oracle.Tensors("models", Gqa, "truth64.safetensors")[$"{run}.logits64"];
        using var frozen = no_grad();
        var logits = model.Logits(io[$"{run}.input_ids"]).to(ScalarType.Float64);
        if (io.TryGetValue($"{run}.attention_mask", out var mask)) logits *= mask.unsqueeze(-1); // rows at pads are not compared
        Oracle.Close(truth, logits, 2e-5);
    }

    [Fact]
    public void Greedy_ManyPromptsLeftPaddedWithCache_EqualsFullRecomputation()
    {
        using var model = Model();
        var prompts = Oracle.Case("models", Gqa)["greedy"]!["prompts"]!.AsArray().Select(p => (IReadOnlyList<int>)p!.AsArray().Select(i => (int)i!).ToList()).ToList();
        var expected = Oracle.Tensors("models", Gqa, "io.safetensors")["greedy.new_ids"];
        var answers = Generation.Greedy(model, prompts, 24, endId: null);
        for (var row = 0; row < prompts.Count; row++)
        {
            Assert.Equal(expected[row].data<long>().Select(i => (int)i), answers[row]);
            Assert.Equal(answers[row], Generation.Greedy(model, [prompts[row]], 24, endId: null)[0]);
        }
    }

    [Fact]
    public void Greedy_AtTheEndId_StopsThatRowAlone()
    {
        using var model = Model();
        IReadOnlyList<int>[] prompts = [[1, 110, 51], [1, 25, 96, 138, 119, 167, 175]];
        var free = Generation.Greedy(model, prompts, 24, endId: null);
        var end = free[0][3];
        var stopped = Generation.Greedy(model, prompts, 24, end);
        Assert.Equal(free[0].TakeWhile(i => i != end), stopped[0]);
        Assert.Equal(free[1].TakeWhile(i => i != end), stopped[1]);
    }

    [Fact]
    public void Gradients_OfAllWeights_HaveThePublishedValues()
    {
        using var model = Model();
        foreach (var weight in model.Weights.Values) weight.requires_grad = true;
        var io = Oracle.Tensors("models", Gqa, "io.safetensors");
        var labels = io["right.labels"];
        var loss = nn.functional.cross_entropy(model.Logits(io["right.input_ids"])[.., ..^1].reshape(-1, model.Config.VocabularySize), labels[.., 1..].reshape(-1));
        loss.backward();
        Assert.Equal((double)Oracle.Case("models", Gqa)["truth64"]!["loss"]!["right"]!, loss.ToDouble(), 5e-6);
        foreach (var (name, expected) in io.Where(t => t.Key.StartsWith("right.grad.", StringComparison.Ordinal)))
            Oracle.Close(expected, model.Weights[name["right.grad.".Length..]].grad!, 1e-4 * expected.abs().max().ToDouble());
    }

    [Fact]
    public void Stories260K_GreedyAndLogits_EqualRunC()
    {
        var directory = Oracle.Shared("golden", "stories260K");
        Assert.SkipWhen(directory is null, "the stories260K model is not beside this checkout");
        using var model = Llama.Load(directory, CPU, ScalarType.Float32);
        var io = SafetensorsFile.Read(Path.Combine(directory, "io.safetensors"));
        Assert.Equal(io["greedy_ids_64"].data<long>().Select(i => (int)i), Generation.Greedy(model, [[1]], 64, endId: null)[0]);
        using var frozen = no_grad();
        var ids = cat([tensor(new long[] { 1 }), io["greedy_ids_64"][..7]]);
        Oracle.Close(io["logits8.llama2c"], model.Logits(ids.unsqueeze(0))[0], 1e-4);
    }

    [Fact]
    public void Parameters_OfAConfiguration_AreThoseOfTheFile()
    {
        var config = LlamaConfig.Read(Oracle.At("models", Gqa));
        var file = SafetensorsHeader.Read(Oracle.At("models", Gqa, "model.safetensors"));
        Assert.Equal(file.Tensors.Select(t => (t.Name, string.Join('x', t.Shape))).Order(), config.Parameters().Select(p => (p.Name, string.Join('x', p.Shape))).Order());
    }
}
