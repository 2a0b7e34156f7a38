using AsFT.Experiments.Models;
using AsFT.Training.Models;

namespace AsFT.Training.Tests.Models;

/// <summary>Every decoder of the golden data: those of its folders that hold a float64 truth.</summary>
public sealed class DecoderTests
{
    private const string Truth = "truth64.safetensors";

    public static TheoryData<string> Models => [.. Oracle.Folders("models", Truth)];

    public static TheoryData<string, string> Runs => [.. Models.SelectMany(m => new[] { "nopad", "right", "left" }.Select(run => (m.Data, run)))];

    private static Decoder Model(string name) => Decoder.Load(Oracle.At("models", name), CPU, ScalarType.Float32);

    [Fact]
    public void Models_OfAllArchitectures_AreThere() => Assert.Equal(["Gemma2", "Llama", "Qwen2"], Models.Select(m => ModelConfig.Read(Oracle.At("models", m.Data)).Architecture).Distinct().Order());

    /// <summary>Rows at padding are not compared; padding on the left is hidden by the mask and skipped by the positions, so its truth is that of the same text padded on the right.</summary>
    [Theory]
    [MemberData(nameof(Runs))]
    public void Logits_EqualTheFloat64Truth(string name, string run)
    {
        using var model = Model(name);
        var io = Oracle.Tensors("models", name, "io.safetensors");
        var ids = io[$"{run}.input_ids"];
        var truth = Oracle.Tensors("models", name, Truth)[run == "nopad" ? "nopad.logits64" : "right.logits64"];
        var text = run == "nopad" ? ones_like(ids, ScalarType.Bool) : io[$"{run}.attention_mask"].to(ScalarType.Bool);
        using var frozen = no_grad();
        var logits = model.Logits(ids, Attendance.Positions(text), Attendance.Causal(text));
        for (var row = 0; row < ids.shape[0]; row++)
        {
            var length = text[row].sum().ToInt64();
            Oracle.Close(truth[row][..(int)length], logits[row].narrow(0, run == "left" ? ids.shape[1] - length : 0, length), 2e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Hidden_WithoutAMask_EqualsThatWithAnOpenOne(string name)
    {
        using var model = Model(name);
        var ids = Oracle.Tensors("models", name, "io.safetensors")["nopad.input_ids"];
        using var frozen = no_grad();
        Oracle.Close(model.Hidden(ids, visible: Attendance.Causal(ones_like(ids, ScalarType.Bool))), model.Hidden(ids), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Greedy_ManyPromptsLeftPaddedWithCache_EqualsFullRecomputation(string name)
    {
        using var model = Model(name);
        var prompts = Oracle.Case("models", name)["greedy"]!["prompts"]!.AsArray().Select(p => (IReadOnlyList<int>)p!.AsArray().Select(i => (int)i!).ToList()).ToList();
        var expected = Oracle.Tensors("models", name, "io.safetensors")["greedy.new_ids"];
        var answers = Generation.Greedy(model, prompts, 24, endIds: []);
        for (var row = 0; row < prompts.Count; row++)
        {
            Assert.Equal(expected[row].data<long>().Select(i => (int)i), answers[row]);
            Assert.Equal(answers[row], Generation.Greedy(model, [prompts[row]], 24, endIds: [])[0]);
        }
    }

    [Fact]
    public void Greedy_AtTheEndId_StopsThatRowAlone()
    {
        using var model = Model("llama_gqa");
        IReadOnlyList<int>[] prompts = [[1, 110, 51], [1, 25, 96, 138, 119, 167, 175]];
        var free = Generation.Greedy(model, prompts, 24, endIds: []);
        var end = free[0][3];
        var stopped = Generation.Greedy(model, prompts, 24, [end]);
        Assert.Equal(free[0].TakeWhile(i => i != end), stopped[0]);
        Assert.Equal(free[1].TakeWhile(i => i != end), stopped[1]);
    }

    /// <summary>The loss to 1e-6 of its size, the stored gradients and the norms of all others to 1e-4.</summary>
    [Theory]
    [MemberData(nameof(Models))]
    public void Gradients_OfAllWeights_HaveThePublishedValues(string name)
    {
        using var model = Model(name);
        foreach (var weight in model.Weights.Values) weight.requires_grad = true;
        var io = Oracle.Tensors("models", name, "io.safetensors");
        var expected = Oracle.Case("models", name);
        var loss = nn.functional.cross_entropy(model.Logits(io["right.input_ids"])[.., ..^1].reshape(-1, model.Config.VocabularySize), io["right.labels"][.., 1..].reshape(-1));
        loss.backward();
        Assert.Equal((double)expected["truth64"]!["loss"]!["right"]!, loss.ToDouble(), 1e-6 * loss.ToDouble());
        foreach (var (key, gradient) in io.Where(t => t.Key.StartsWith("right.grad.", StringComparison.Ordinal)))
            Oracle.Close(gradient, model.Weights[key["right.grad.".Length..]].grad!, 1e-4 * gradient.abs().max().ToDouble());
        foreach (var (weight, norm) in expected["runs"]!["right"]!["grad_norms"]!.AsObject())
            Assert.Equal((double)norm!, model.Weights[weight].grad!.norm().ToDouble(), 1e-4 * (double)norm!);
    }

    /// <summary>The loss of every layout to 1e-6 of its size; padding on the left is the text of that on the right, and so has its truth.</summary>
    [Theory]
    [MemberData(nameof(Runs))]
    public void Loss_EqualsTheFloat64Truth(string name, string run)
    {
        using var model = Model(name);
        var io = Oracle.Tensors("models", name, "io.safetensors");
        var truth = (double)Oracle.Case("models", name)["truth64"]!["loss"]![run == "nopad" ? "nopad" : "right"]!;
        var (ids, labels) = (io[$"{run}.input_ids"], io[$"{run}.labels"].clone());
        var text = run == "nopad" ? ones_like(ids, ScalarType.Bool) : io[$"{run}.attention_mask"].to(ScalarType.Bool);
        labels[.., 1..].masked_fill_(text[.., ..^1].logical_not(), -100); // the first id of a text is predicted from padding, where that is on the left
        using var frozen = no_grad();
        var loss = nn.functional.cross_entropy(model.Logits(ids, Attendance.Positions(text), Attendance.Causal(text))[.., ..^1].reshape(-1, model.Config.VocabularySize), labels[.., 1..].reshape(-1)).ToDouble();
        Assert.Equal(truth, loss, 1e-6 * truth);
    }

    /// <summary>Weights in several files, as large models come: the same model.</summary>
    [Fact]
    public void Load_OfShards_IsTheSameModel()
    {
        var directory = Directory.CreateTempSubdirectory("asft-shards-").FullName;
        File.Copy(Oracle.At("models", "llama_gqa", "config.json"), Path.Combine(directory, "config.json"));
        var shards = Oracle.Tensors("models", "llama_gqa", "model.safetensors").OrderBy(t => t.Key, StringComparer.Ordinal).Chunk(5).Select((t, i) => (Name: $"model-{i + 1:D5}.safetensors", Tensors: t.ToDictionary())).ToList();
        foreach (var (file, tensors) in shards) AsFT.Training.Models.SafetensorsFile.Write(Path.Combine(directory, file), tensors);
        File.WriteAllText(Path.Combine(directory, "model.safetensors.index.json"), System.Text.Json.JsonSerializer.Serialize(new { weight_map = shards.SelectMany(s => s.Tensors.Keys.Select(k => (k, s.Name))).ToDictionary(p => p.k, p => p.Name) }));
        using var whole = Model("llama_gqa");
        using var sharded = Decoder.Load(directory, CPU, ScalarType.Float32);
        Directory.Delete(directory, recursive: true);
        Assert.True(shards.Count > 2);
        Assert.Equal(whole.Weights.Keys.Order(), sharded.Weights.Keys.Order());
        Assert.All(whole.Weights, w => Oracle.Close(w.Value, sharded.Weights[w.Key], 0));
    }

    [Fact]
    public void Stories260K_GreedyAndLogits_EqualRunC()
    {
        var directory = Oracle.Shared("golden", "stories260K");
        Assert.SkipWhen(directory is null, "the stories260K model is not beside this checkout");
        using var model = Decoder.Load(directory, CPU, ScalarType.Float32);
        var io = SafetensorsFile.Read(Path.Combine(directory, "io.safetensors"));
        Assert.Equal(io["greedy_ids_64"].data<long>().Select(i => (int)i), Generation.Greedy(model, [[1]], 64, endIds: [])[0]);
        using var frozen = no_grad();
        var ids = cat([tensor(new long[] { 1 }), io["greedy_ids_64"][..7]]);
        Oracle.Close(io["logits8.llama2c"], model.Logits(ids.unsqueeze(0))[0], 1e-4);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Parameters_OfAConfiguration_AreThoseOfTheFile(string name)
    {
        var config = ModelConfig.Read(Oracle.At("models", name));
        var file = SafetensorsHeader.Read(Oracle.At("models", name, "model.safetensors"));
        Assert.Equal(file.Tensors.Select(t => (t.Name, string.Join('x', t.Shape))).Order(), config.Parameters().Select(p => (p.Name, string.Join('x', p.Shape))).Order());
    }
}
