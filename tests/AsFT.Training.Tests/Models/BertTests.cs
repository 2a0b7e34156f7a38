using AsFT.Training.Models;

namespace AsFT.Training.Tests.Models;

public sealed class BertTests
{
    private static Bert Model() => Bert.Load(Oracle.At("models", "bert"), CPU, ScalarType.Float32);

    private static (Tensor States, Tensor Pooled) Run(Bert model, Dictionary<string, Tensor> io, string run)
    {
        var states = model.Forward(io["input_ids"], run == "ids_only" ? null : io["attention_mask"].to(ScalarType.Bool), run == "types_and_mask" ? io["token_type_ids"] : null);
        return (states, model.Pool(states));
    }

    [Theory]
    [InlineData("types_and_mask")]
    [InlineData("mask_only")]
    [InlineData("ids_only")]
    public void Forward_GivesThePublishedStates(string run)
    {
        using var model = Model();
        var io = Oracle.Tensors("models", "bert", "io.safetensors");
        using var frozen = no_grad();
        var (states, pooled) = Run(model, io, run);
        var mask = run == "ids_only" ? ones_like(io["attention_mask"]) : io["attention_mask"];
        Oracle.Close(io[$"{run}.last_hidden_state"] * mask.unsqueeze(-1), states * mask.unsqueeze(-1), 2e-5);
        Oracle.Close(io[$"{run}.pooler_output"], pooled, 2e-5);
    }

    /// <summary>Of the weighted sum of states and pooled output that the golden data names; the padding row of the embedding is not learnt.</summary>
    [Theory]
    [InlineData("types_and_mask")]
    [InlineData("mask_only")]
    [InlineData("ids_only")]
    public void Gradients_OfAllWeights_HaveThePublishedNorms(string run)
    {
        using var model = Model();
        foreach (var weight in model.Weights.Values) weight.requires_grad = true;
        var io = Oracle.Tensors("models", "bert", "io.safetensors");
        var expected = Oracle.Case("models", "bert")["runs"]![run]!;
        var (states, pooled) = Run(model, io, run);
        var mask = run == "ids_only" ? ones_like(io["attention_mask"]) : io["attention_mask"];
        var objective = (io["cotangent_last_hidden_state"] * states * mask.unsqueeze(-1)).sum() + (io["cotangent_pooler_output"] * pooled).sum();
        objective.backward();
        Assert.Equal((double)expected["objective"]!, objective.ToDouble(), 1e-5 * Math.Abs((double)expected["objective"]!));
        foreach (var (key, gradient) in io.Where(t => t.Key.StartsWith($"{run}.grad.", StringComparison.Ordinal)))
            Oracle.Close(gradient, model.Weights[key[$"{run}.grad.".Length..]].grad!, 1e-4 * gradient.abs().max().ToDouble());
        foreach (var (name, norm) in expected["grad_norms"]!.AsObject().Where(n => !n.Key.EndsWith("key.bias", StringComparison.Ordinal))) // exactly 0 but for rounding
            Assert.Equal((double)norm!, model.Weights[name].grad!.norm().ToDouble(), 1e-4 * (double)norm!);
    }

    [Fact]
    public void Forward_WhileTraining_DropsOut()
    {
        using var model = Model();
        var ids = Oracle.Tensors("models", "bert", "io.safetensors")["input_ids"];
        using var frozen = no_grad();
        model.Training = true;
        Assert.True(Oracle.LargestDifference(model.Forward(ids), model.Forward(ids)) > 0.01);
    }
}
