using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Training.Basin;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using AsFT.Training.Safety;

namespace AsFT.Training.Tests.Basin;

public sealed class WalkTests
{
    private const string Query = "model.layers.0.self_attn.q_proj.weight";

    private static string Lab(string name) => Path.Combine(Oracle.Repository, "lab", "models", name);

    [Fact]
    public void Alignment_IsAlignedMinusUnaligned()
    {
        using var model = Decoder.Load(Lab("lab-aligned"), CPU, ScalarType.Float32);
        var (aligned, unaligned) = (new PartnerWeights(Lab("lab-aligned")), new PartnerWeights(Lab("lab-base")));
        var part = Walk.Alignment(aligned, unaligned).Part(Query, model.Weights[Query])!;
        Oracle.Close(model.Weights[Query], unaligned.Read(Query, part) + part, 1e-6);
        Assert.True(Oracle.LargestDifference(part, zeros_like(part)) > 0.01);
        Oracle.Close(-part, Walk.Harm(aligned, unaligned).Part(Query, model.Weights[Query])!, 0); // a fine-tune's direction leads to it, not from it
    }

    /// <summary>In a model that an earlier run has moved, the direction is still that between the two that are named.</summary>
    [Fact]
    public void Alignment_OfAMovedModel_IsReadFromTheAlignedOne()
    {
        using var model = Decoder.Load(Lab("lab-aligned"), CPU, ScalarType.Float32);
        var walk = Walk.Alignment(new(Lab("lab-aligned")), new(Lab("lab-base")));
        var expected = walk.Part(Query, model.Weights[Query])!;
        using (no_grad()) model.Weights[Query].mul_(2);
        Oracle.Close(expected, walk.Part(Query, model.Weights[Query])!, 0);
    }

    /// <summary>(α/r)·BA with α 8 and r 1: 8 · [1, 2]ᵀ[3, 4].</summary>
    [Fact]
    public void Harm_OfAnAdapter_IsItsScaledProduct_WhereThereIsOne()
    {
        using var update = new LoraUpdate(Matrix(1, 2, 3, 4), Matrix(2, 1, 1, 2), alpha: 8, dropout: 0);
        var walk = Walk.Harm(new Dictionary<string, LoraUpdate> { ["q"] = update });
        Assert.Equal([24f, 32, 48, 64], walk.Part("q.weight", zeros(2, 2))!.data<float>());
        Assert.Null(walk.Part("k.weight", zeros(2, 2)));
        Assert.Null(walk.Part("q", zeros(2, 2)));
        Assert.Contains("belongs to another model", Assert.Throws<ModelException>(() => walk.Part("q.weight", zeros(2, 3))).Message);
    }

    [Fact]
    public void Random_IsGaussian_AndTheSameForASeedAndAName()
    {
        Tensor Of(int seed, string name) => Walk.Random(seed).Part(name, zeros(100, 100))!;
        Assert.Equal(Of(1, "q").bytes.ToArray(), Of(1, "q").bytes.ToArray());
        Assert.NotEqual(Of(1, "q").bytes.ToArray(), Of(2, "q").bytes.ToArray());
        Assert.NotEqual(Of(1, "q").bytes.ToArray(), Of(1, "k").bytes.ToArray());
        Assert.InRange(Of(1, "q").mean().ToDouble(), -0.05, 0.05); // five deviations of a mean of 10,000
        Assert.InRange(Of(1, "q").std().ToDouble(), 0.96, 1.04);
        Assert.Equal(WalkDirection.Random, Walk.Random(1).Direction);
    }

    private static TorchSharp.Modules.Parameter Matrix(long rows, long columns, params float[] values) => nn.Parameter(tensor(values, [rows, columns]), requires_grad: false);
}
