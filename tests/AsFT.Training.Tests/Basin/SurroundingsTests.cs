using AsFT.Experiments.Specification;
using AsFT.Training.Basin;
using AsFT.Training.Models;

namespace AsFT.Training.Tests.Basin;

public sealed class SurroundingsTests : IDisposable
{
    private readonly Decoder model = Decoder.Load(Oracle.At("lora_training", "aligned"), CPU, ScalarType.Float32);
    private readonly Dictionary<string, Tensor> before;

    public SurroundingsTests() => before = model.Weights.ToDictionary(w => w.Key, w => w.Value.detach().clone());

    public void Dispose() => model.Dispose();

    /// <summary>A direction of any length ends up as long as the weight: at α every matrix has moved by |α|·‖W‖, and vectors not at all.</summary>
    [Fact]
    public void MoveTo_MovesEveryMatrixByItsOwnLength()
    {
        using var place = new Surroundings(model, [Walk.Random(3)]);
        place.MoveTo([(WalkDirection.Random, -0.25)]);
        foreach (var (name, weight) in model.Weights)
        {
            var moved = (weight - before[name]).norm().ToDouble();
            if (weight.dim() == 2) Assert.Equal(0.25, moved / before[name].norm().ToDouble(), 1e-5);
            else Assert.Equal(0, moved);
        }
    }

    /// <summary>Ones scaled to ‖W‖ are ‖W‖/√n each, so W + α‖W‖/√n.</summary>
    [Fact]
    public void MoveTo_TwoDirections_AddsBoth_AndLeavesWhatNeitherMoves()
    {
        const string query = "model.layers.0.self_attn.q_proj.weight", key = "model.layers.0.self_attn.k_proj.weight";
        using var place = new Surroundings(model, [Ones(WalkDirection.Harm, query), Ones(WalkDirection.Alignment, query, key)]);
        place.MoveTo([(WalkDirection.Harm, 0.5), (WalkDirection.Alignment, -0.2)]);
        Tensor Expected(string name, double by) => before[name] + by * before[name].norm() / Math.Sqrt(before[name].numel());
        Oracle.Close(Expected(query, 0.3), model.Weights[query], 1e-6);
        Oracle.Close(Expected(key, -0.2), model.Weights[key], 1e-6);
        const string value = "model.layers.0.self_attn.v_proj.weight";
        Assert.Equal(before[value].bytes.ToArray(), model.Weights[value].bytes.ToArray());
    }

    /// <summary>Every place is computed from θ: a long way there and back leaves no rounding.</summary>
    [Fact]
    public void MoveTo_AfterALongWay_GivesTheSameBits()
    {
        using var place = new Surroundings(model, [Walk.Random(1), Ones(WalkDirection.Harm, [.. before.Keys])]);
        byte[] At(double alpha)
        {
            place.MoveTo([(WalkDirection.Random, alpha)]);
            return [.. model.Weights["model.embed_tokens.weight"].bytes];
        }
        var first = At(0.1);
        for (var i = 1; i < 30; i++) place.MoveTo([(WalkDirection.Random, 0.03 * i), (WalkDirection.Harm, -0.07 * i)]);
        Assert.Equal(first, At(0.1));
        At(0);
        Assert.All(before, w => Assert.Equal(w.Value.bytes.ToArray(), model.Weights[w.Key].bytes.ToArray()));
    }

    [Fact]
    public void MoveTo_ADirectionThatIsZeroSomewhere_StaysThere()
    {
        using var place = new Surroundings(model, [new(WalkDirection.Harm, (_, weight) => zeros_like(weight))]);
        place.MoveTo([(WalkDirection.Harm, 0.5)]);
        Assert.All(before, w => Assert.Equal(w.Value.bytes.ToArray(), model.Weights[w.Key].bytes.ToArray()));
    }

    [Fact]
    public void MoveTo_InTwoBytes_RoundsThePlaceOnly()
    {
        using var half = Decoder.Load(Oracle.At("lora_training", "aligned"), CPU, ScalarType.BFloat16);
        using var place = new Surroundings(half, [Walk.Random(3)]);
        var name = "model.layers.0.mlp.up_proj.weight";
        place.MoveTo([(WalkDirection.Random, 0.25)]);
        Assert.Equal(ScalarType.BFloat16, half.Weights[name].dtype);
        var origin = place.Origin[name].to(ScalarType.Float32);
        Assert.Equal(0.25, (half.Weights[name].to(ScalarType.Float32) - origin).norm().ToDouble() / origin.norm().ToDouble(), 0.005);
        place.MoveTo([(WalkDirection.Random, 0)]);
        Assert.Equal(place.Origin[name].bytes.ToArray(), half.Weights[name].bytes.ToArray());
    }

    private static Walk Ones(WalkDirection direction, params string[] names) => new(direction, (name, weight) => names.Contains(name) ? ones_like(weight).detach() : null);
}
