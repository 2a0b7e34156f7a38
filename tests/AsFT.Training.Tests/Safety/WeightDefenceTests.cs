using AsFT.Experiments.Specification;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using AsFT.Training.Safety;

namespace AsFT.Training.Tests.Safety;

/// <summary>Defences that change weights before or after training.</summary>
public sealed class WeightDefenceTests
{
    private static string Aligned => Oracle.At("lora_training", "aligned");
    private static string Base => Oracle.At("models", "llama_gqa");

    /// <summary>The golden pair differs by matrices of rank 4, so LoX of rank 4 and c = 1.25 gives W + 1.25 V exactly.</summary>
    [Fact]
    public void Lox_OfTheFullRankOfTheDifference_AddsAllOfIt()
    {
        using var model = Decoder.Load(Aligned, CPU, ScalarType.Float32);
        Extrapolation.Lox(model.Projections, new(Aligned), new(Base), new() { Rank = 4, Factor = 1.25 }, CancellationToken.None);
        using var aligned = Decoder.Load(Aligned, CPU, ScalarType.Float32);
        using var unaligned = Decoder.Load(Base, CPU, ScalarType.Float32);
        foreach (var (name, weight) in aligned.Weights)
            Oracle.Close(name.EndsWith("_proj.weight", StringComparison.Ordinal) ? weight + 1.25 * (weight - unaligned.Weights[name]) : weight, model.Weights[name], 1e-5);
    }

    [Fact]
    public void Resta_AddsTheDirectionToEveryWeight()
    {
        using var model = Decoder.Load(Aligned, CPU, ScalarType.Float32);
        Extrapolation.Resta(model, new(Aligned), new(Base), new() { Gamma = 0.5 }, CancellationToken.None);
        using var aligned = Decoder.Load(Aligned, CPU, ScalarType.Float32);
        using var unaligned = Decoder.Load(Base, CPU, ScalarType.Float32);
        foreach (var (name, weight) in aligned.Weights) Oracle.Close(1.5 * weight - 0.5 * unaligned.Weights[name], model.Weights[name], 1e-6);
    }

    [Fact]
    public void ScaledUpdate_MakesTheWholeUpdateSmaller()
    {
        using var bench = new Workbench();
        var before = bench.Adapted.Select(m => mm(m.Lora!.B, m.Lora.A).detach().clone()).ToList();
        ScaledUpdate.Apply(bench.Adapted, 0.25);
        foreach (var (module, whole) in bench.Adapted.Zip(before)) Oracle.Close(0.25 * whole, mm(module.Lora!.B, module.Lora.A), 1e-6);
        Assert.Contains(before, b => b.norm().ToDouble() > 0);
    }

    /// <summary>Scores |w_ij|·‖x_j‖ from the inputs that the model really has; the top tenth of each matrix goes, nothing else changes.</summary>
    [Fact]
    public void Antidote_ZeroesTheShareWithTheHighestScores()
    {
        using var bench = new Workbench();
        var module = bench.Adapted[0];
        var inputs = new List<Tensor>();
        using (no_grad())
        {
            module.Lora!.Watch = (x, _) => inputs.Add(x.reshape(-1, x.shape[^1]).DetachFromDisposeScope());
            foreach (var row in bench.Others) bench.Model.Hidden(tensor(row.Ids.Select(i => (long)i).ToArray()).unsqueeze(0));
        }
        var score = module.Lora.A.detach().abs() * cat(inputs).square().sum(dim: 0).sqrt();
        Assert.Equal(module.Lora.A.shape, score.shape);
        var before = module.Lora.A.detach().clone();
        var kept = score < score.flatten().topk((int)(score.numel() / 10)).values.min();

        var lengths = bench.Others.Select(r => r.Ids.Length).ToList();
        Assert.True(lengths.Distinct().Count() > 1); // side by side some lines are filled up, which must not count
        var zeroed = Antidote.Apply(bench.Model, bench.Adapted, [bench.Others], 0, 0.1);
        Oracle.Close(before * kept, module.Lora.A, 0);
        Assert.Equal(bench.Adapted.Sum(m => m.Lora!.A.numel() / 10 + m.Lora.B.numel() / 10), zeroed);
        Assert.Null(module.Lora.Watch);
    }

    [Fact]
    public void Sppft_OfThirtyTwoLayers_SparesFiveToFourteen_AndOthersTheirShare()
    {
        Assert.Equal((5, 14), SafetyLayers.Range(new(), 32));
        Assert.Equal((0, 1), SafetyLayers.Range(new(), 4));
        Assert.Equal((2, 3), SafetyLayers.Range(new() { FirstLayer = 2, LastLayer = 9 }, 4));
        using var model = Decoder.Load(Aligned, CPU, ScalarType.Float32);
        var adapted = LoraAdapter.Attach(model, new LoraOptions(), name => LoraTargets.LayerOf(name) == 0);
        Assert.Equal(["model.layers.1.self_attn.q_proj", "model.layers.1.self_attn.v_proj"], adapted.Select(m => m.Name));
    }

    [Fact]
    public void Merged_Model_AnswersAsTheAdaptedOne()
    {
        var directory = Directory.CreateTempSubdirectory("asft-merged-").FullName;
        using var bench = new Workbench();
        MergedModel.Write(directory, Aligned, bench.Model);
        using var merged = Decoder.Load(directory, CPU, ScalarType.Float32);
        using var frozen = no_grad();
        var ids = tensor(bench.Others[0].Ids.Select(i => (long)i).ToArray()).unsqueeze(0);
        Oracle.Close(bench.Model.Logits(ids), merged.Logits(ids), 1e-4);
        Directory.Delete(directory, recursive: true);
    }
}
